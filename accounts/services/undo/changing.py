"""Undo of a change: each field, and the permissions, as they were before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst

from customers.errors import Refused
from customers.log.history import LABELS
from customers.models import Batch, BatchKind, Outcome
from customers.roles import Capability, Role
from customers.said import gettext as _
from customers.said import joined
from customers.services import audit, batches
from licensing.models import LicenseAssignment
from licensing.rules import Catalog

from ...models import User
from ...queries.user_briefs import Brief
from ..access import end_access
from ..returns import strange_domain, taken_by_another
from ..users.locking import check_roles, deleted
from ..users.owning import kept_from, owned_message, owned_of
from ..users.starts import begin_of, tell_moved, today_of
from ..users.writing import OWN_PERMISSIONS, Changes, entry_of, item_of, write_fields, write_roles
from .cases import Case, Inverse, Plan, WordCounts
from .later import Done


def _plan(case: Case) -> Plan:
    able, left = case.sort_out(deleted, case.reach(Capability.MANAGE_USERS))
    gate = _Gate(case, able)
    todo: list[Brief] = []
    for row in able:
        done = case.done[row.pk]
        if why := gate.kept_elsewhere(row, done) or gate.why_not(row, done):
            left.append((row, Outcome.SKIPPED, why))
        else:
            todo.append(row)
    words = WordCounts()
    names = Counter(name for row in todo for name in case.done[row.pk].before)
    for name, number in names.items():
        words.add(str(LABELS.get(name) or capfirst(name.replace("_", " "))), number)
    points = [_("As before: %(list)s.") % {"list": words.text()}] if words.counts else []
    return Plan(todo, left, points, _ChangeUndo(case, todo, gate.domains).do)


class _Gate:
    """A gate that lets users through whose fields are as the change left them and may be as
    before.
    """

    def __init__(self, case: Case, users: Sequence[Brief]) -> None:
        self.actor = case.actor
        self.today = today_of(case.customer)
        self.domains = {row.name: row.pk for row in case.customer.domains.all()}
        done = {case.done[row.pk] for row in users}
        wanted = {one.before["user_name"].lower() for one in done if "user_name" in one.before}
        owners = User.objects.filter(username__among_texts=sorted(wanted))
        self.owners: dict[str | None, int] = dict(owners.values_list("username", "pk"))
        ids = [row.pk for row in users]
        self.names = sorted({name for one in done for name in one.after} - {"roles"})
        rows = User.objects.filter(pk__among=ids).values_list("pk", *self.names)
        self.now = {pk: values for pk, *values in rows}
        self.owned = owned_of(ids)
        # The values that it left, by the place of the field; once for all of whom it is true.
        self.expected = {
            one: [(self.names.index(name), v) for name, v in one.after.items() if name != "roles"]
            for one in done
        }
        self.catalog = Catalog()
        live = LicenseAssignment.objects.live().filter(user__among=ids)
        self.held: dict[int, list[int]] = {}
        columns = ("user_id", "subscription_id", "subscription__product_id")
        for user_id, owner, product in live.values_list(*columns):
            if owner not in case.released.get(user_id, ()):
                self.held.setdefault(user_id, []).append(product)

    def why_not(self, row: Brief, done: Done) -> str:
        """Return why this user's fields can't be as before, or ""."""
        values, before, after = self.now[row.pk], done.before, done.after
        if any(str(values[place]) != value for place, value in self.expected[done]) or (
            "roles" in after and set(row.roles) != set(after["roles"])
        ):
            return _("It has been changed since then.")
        if "starts_on" in before and date.fromisoformat(before["starts_on"]) <= self.today:
            return _("The start date from before has passed.")
        if "user_name" in before:
            name = before["user_name"].lower()
            if self.owners.get(name, row.pk) != row.pk:
                return taken_by_another(before["user_name"])
            # From now on it is this user's: two of them can't both have it.
            self.owners[name] = row.pk
            domain = name.rpartition("@")[2]
            if domain not in self.domains:
                return strange_domain(domain)
        if "usage_location" in before:
            held, location = self.held.get(row.pk, []), before["usage_location"]
            products = self.catalog.products
            barred = [
                pk for pk in held if not location or location in products[pk].blocked_countries
            ]
            if problems := self.catalog.problems(held, barred, location):
                return joined(problems.values())
        return self._roles(row, before["roles"]) if "roles" in before else ""

    def kept_elsewhere(self, row: Brief, done: Done) -> str:
        owned = self.owned.get(row.pk)
        lost = kept_from(owned, done.before, self.actor.pk) if owned else []
        return owned_message(owned, lost) if owned and lost else ""

    def _roles(self, row: Brief, roles: Sequence[str]) -> str:
        if row.pk == self.actor.pk and set(row.roles) - set(roles):
            return str(OWN_PERMISSIONS)
        try:
            check_roles([Role(role) for role in roles], actor=self.actor)
        except Refused as refusal:
            return str(refusal)
        return ""


@dataclass(frozen=True, slots=True)
class _ChangeUndo:
    case: Case
    users: Sequence[Brief]
    domains: Mapping[str, int]

    def do(self, batch: Batch) -> Batch:
        customer, actor = self.case.customer, self.case.actor
        found = User.objects.in_bulk([row.pk for row in self.users])
        rows = [found[row.pk] for row in self.users]
        changes: dict[int, Changes] = {}
        names: set[str] = set()
        days: dict[int, date] = {}
        for row in rows:
            done = self.case.done[row.pk]
            changes[row.pk] = {name: [done.after[name], old] for name, old in done.before.items()}
            fields = {name: old for name, old in done.before.items() if name != "roles"}
            names |= fields.keys()
            for name, old in fields.items():
                setattr(row, name, old)
            if "starts_on" in fields:
                row.starts_on = date.fromisoformat(fields["starts_on"])
                row.starts_at = begin_of(row.starts_on, customer)
                days[row.pk] = row.starts_on
            if "user_name" in fields:
                row.domain_id = self.domains[row.user_name.rpartition("@")[2].lower()]
        entries = [entry_of(row, changes[row.pk]) for row in rows]
        write_fields(rows, names | {"starts_at"} if days else names, batch)
        if days:
            # Whom that lets wait again may be signed in.
            end_access([row for row in rows if row.pk in days])
        write_roles({pk: pairs["roles"][1] for pk, pairs in changes.items() if "roles" in pairs})
        audit.record(entries, actor=actor, customer=customer, batch=batch)
        items = [item_of(batch, row, changes[row.pk]) for row in rows]
        batches.close_batch(batch, items)
        tell_moved(days, customer=customer, actor=actor)
        return batch


UNDO_CHANGE = Inverse(BatchKind.CHANGE, Capability.MANAGE_USERS, _plan)
