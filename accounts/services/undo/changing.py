"""Each field, and the permissions, as they were before a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.history import LABELS
from customers.models import Batch, BatchItem, BatchKind, Outcome
from customers.roles import Capability, Role
from customers.services import audit, batches, bulk
from licensing.models import LicenseAssignment
from licensing.rules import Catalog

from ...models import User
from ..users.changing import PLAIN_FIELDS
from ..users.locking import check_roles, deleted
from .cases import Case, Inverse, Plan, Tally

DERIVED = ["username", "domain", "sort_name", "search_text", "changed_by_batch"]


def _plan(case: Case) -> Plan:
    able, left = case.sort_out(deleted, case.reach(Capability.MANAGE_USERS))
    gate = _Gate(case, able)
    todo: list[User] = []
    for row in able:
        if why := gate.why_not(row, case.items[row.pk]):
            left.append((row, Outcome.SKIPPED, why))
        else:
            todo.append(row)
    return Plan(todo, left, _points(case, todo), _Deed(case, todo, gate.domains).do)


def _points(case: Case, people: Sequence[User]) -> list[str]:
    tally = Tally()
    for row in people:
        for name in case.items[row.pk].before:
            tally.add(str(LABELS.get(name) or capfirst(name.replace("_", " "))))
    return [_("As before: %(list)s.") % {"list": tally.text()}] if tally.counts else []


def _now(row: User, name: str) -> Any:
    return [str(role) for role in row.roles] if name == "roles" else str(getattr(row, name))


def _same(name: str, one: Any, other: Any) -> bool:
    return set(one) == set(other) if name == "roles" else bool(one == other)


class _Gate:
    """Lets through whose fields are as the change left them and may be as before."""

    def __init__(self, case: Case, people: Sequence[User]) -> None:
        self.actor = case.actor
        self.domains = {row.name: row.pk for row in case.customer.domains.all()}
        names = [case.items[row.pk].before.get("user_name", "") for row in people]
        wanted = {name.lower() for name in names if name}
        owners = User.objects.filter(username__in=wanted).values_list("username", "pk")
        self.owners: dict[str | None, int] = dict(owners)
        self.catalog = Catalog()
        live = LicenseAssignment.objects.live().filter(user__among=[row.pk for row in people])
        self.held: dict[int, list[int]] = {}
        for user_id, product in live.values_list("user_id", "subscription__product_id"):
            self.held.setdefault(user_id, []).append(product)

    def why_not(self, row: User, item: BatchItem) -> str:
        if any(not _same(name, _now(row, name), value) for name, value in item.after.items()):
            return _("It is no longer as this left it.")
        before = item.before
        return (
            (self._name(row, before["user_name"]) if "user_name" in before else "")
            or (self._location(row, before["usage_location"]) if _moves(before) else "")
            or (self._roles(row, before["roles"]) if "roles" in before else "")
        )

    def _name(self, row: User, name: str) -> str:
        if self.owners.get(name.lower(), row.pk) != row.pk:
            return _("Somebody else has the user name %(name)s.") % {"name": name}
        # From now on it is this person's: two of them can't both have it.
        self.owners[name.lower()] = row.pk
        domain = name.rpartition("@")[2].lower()
        if domain in self.domains:
            return ""
        text = _("The domain %(domain)s does not belong to this customer.")
        return text % {"domain": domain}

    def _location(self, row: User, location: str) -> str:
        held = self.held.get(row.pk, [])
        barred = [
            pk
            for pk in held
            if not location or location in self.catalog.products[pk].blocked_countries
        ]
        return " ".join(self.catalog.problems(held, barred, location).values())

    def _roles(self, row: User, roles: Sequence[str]) -> str:
        if row.pk == self.actor.pk and set(row.roles) - set(roles):
            return _("You can't take away your own permissions. Ask another administrator.")
        try:
            check_roles([Role(role) for role in roles], actor=self.actor)
        except Refused as refusal:
            return str(refusal)
        return ""


def _moves(before: Mapping[str, Any]) -> bool:
    return "usage_location" in before


@dataclass(frozen=True, slots=True)
class _Deed:
    case: Case
    people: Sequence[User]
    domains: Mapping[str, int]

    def do(self, batch: Batch) -> Batch:
        customer, actor = self.case.customer, self.case.actor
        batches.open_batch(BatchKind.CHANGE, actor=actor, customer=customer, key=batch)
        entries = [self._entry(row) for row in self.people]
        self._write_fields(batch)
        self._write_roles()
        audit.record(entries, actor=actor, customer=customer, batch=batch)
        items = [self._item(batch, row) for row in self.people]
        return batches.close_batch(batch, items)

    def _before(self, row: User) -> dict[str, Any]:
        before: dict[str, Any] = self.case.items[row.pk].before
        return before

    def _write_fields(self, batch: Batch) -> None:
        names: set[str] = set()
        for row in self.people:
            before = {name: v for name, v in self._before(row).items() if name != "roles"}
            names |= before.keys()
            for name, value in before.items():
                setattr(row, name, value)
            if "user_name" in before:
                row.domain_id = self.domains[row.user_name.rpartition("@")[2].lower()]
            row.changed_by_batch = batch
            row.fill_derived()
        columns = [*sorted(names), *DERIVED]
        try:
            with transaction.atomic():
                User.objects.bulk_update(self.people, columns, batch_size=bulk.CHUNK)
        except IntegrityError:
            raise Refused(
                _("A user name or a domain was taken in this very moment. Look at the page again.")
            ) from None

    def _write_roles(self) -> None:
        wanted = {row.pk: self._before(row).get("roles") for row in self.people}
        ids = [pk for pk, roles in wanted.items() if roles is not None]
        if not ids:
            return
        groups = {group.name: group.pk for group in Group.objects.all()}
        through = User.groups.through
        through.objects.filter(user__among=ids).delete()
        through.objects.bulk_create(
            [through(user_id=pk, group_id=groups[role]) for pk in ids for role in wanted[pk] or ()],
            batch_size=bulk.CHUNK,
        )

    def _entry(self, row: User) -> audit.Entry:
        changes = {name: [_now(row, name), value] for name, value in self._before(row).items()}
        plain = {name: pair for name, pair in changes.items() if name in PLAIN_FIELDS | {"roles"}}
        personal = {name: pair for name, pair in changes.items() if name not in plain}
        return audit.Entry(Action.USER_CHANGED, row, plain, personal)

    def _item(self, batch: Batch, row: User) -> BatchItem:
        done = self.case.items[row.pk]
        return batches.item(batch, row, before=done.after, after=done.before)


UNDO_CHANGE = Inverse(BatchKind.CHANGE, Capability.MANAGE_USERS, _plan)
