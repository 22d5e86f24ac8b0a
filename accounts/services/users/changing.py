"""Changing details and permissions, of one user or of many alike."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Manager

from customers.errors import Refused
from customers.formats import NO_CHANGE_NEEDED
from customers.models import Batch, BatchKind, Customer, Domain, Outcome
from customers.roles import Capability, Role
from customers.said import gettext as _
from customers.said import joined
from customers.services import audit, batches
from customers.services.seen import text_of_several
from customers.services.transactions import transactional
from licensing.errors import RulesBroken
from licensing.models import LicenseAssignment
from licensing.rules import Catalog

from ...models import User
from .locking import (
    Why,
    beyond_reach,
    check_reach,
    check_roles,
    deleted,
    left_items,
    lock_one,
    take_users,
)
from .naming import check_domains, check_legal
from .owning import check_owned, kept_elsewhere
from .writing import (
    OWN_PERMISSIONS,
    PLAIN_FIELDS,
    entry_of,
    item_of,
    write_fields,
    write_roles,
)


class ChangedMeanwhile(Refused):
    """The refusal of a change whose `fields` are no longer as they were seen."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(
            _("Someone else changed this user while you were editing. Check the page again."),
            code="changed-meanwhile",
        )


def seen_value(user: User, name: str) -> str:
    """Return a field, or the roles, as a page can carry it to tell later whether it is still so:
    rows by their ids.
    """
    if name == "roles":
        return text_of_several(user.roles)
    value = getattr(user, name)
    if isinstance(value, Manager):
        return text_of_several(value.values_list("pk", flat=True))
    return str(value)


@transactional
def change_user(  # noqa: PLR0913
    user: User,
    *,
    customer: Customer,
    actor: User,
    fields: Mapping[str, str],
    local_part: str | None = None,
    domain: Domain | None = None,
    roles: tuple[Role, ...] | None = None,
    seen: Mapping[str, str] | None = None,
    key: str = "",
) -> dict[str, list[Any]]:
    """Change one user's details and roles; return what changed, as [before, after] by field.

    `seen` are values that the change was based on. Raises ChangedMeanwhile when one is no longer
    so, NamesTaken, RulesBroken (a location that a held product forbids), Refused.
    """
    batch = batches.open_batch(BatchKind.CHANGE, actor=actor, customer=customer, key=key)
    capability = Capability.MANAGE_USERS
    locked = take_users([user], customer=customer, actor=actor, capability=capability)
    fresh = lock_one(user, locked)
    check_reach([fresh], actor=locked.actor, capability=capability)
    check_seen(fresh, seen or {})
    if local_part is not None and domain is not None:
        fields = {**fields, "user_name": f"{local_part}@{domain.name}"}
        if fields["user_name"] != fresh.user_name:
            check_legal([local_part])
            check_domains([domain], customer=customer)
            fresh.domain = domain
    before = {name: str(getattr(fresh, name)) for name in fields}
    changed = [name for name, value in fields.items() if before[name] != str(value)]
    check_owned({fresh.pk: changed}, actor=locked.actor)
    for name in changed:
        setattr(fresh, name, fields[name])
    if "usage_location" in changed and (
        problems := _location_problems([fresh], str(fresh.usage_location))
    ):
        raise RulesBroken(problems)
    changes = {name: [before[name], str(getattr(fresh, name))] for name in changed}
    changes |= _set_roles(fresh, roles, actor=locked.actor)
    if changes:
        write_fields([fresh], changed, batch)
        audit.record([entry_of(fresh, changes)], actor=actor, customer=customer, batch=batch)
    batches.close_batch(batch, [item_of(batch, fresh, changes)])
    return changes


@transactional
def change_users(  # noqa: PLR0913
    users: Collection[User | int],
    *,
    customer: Customer,
    actor: User,
    fields: Mapping[str, str] | None = None,
    roles: Collection[Role] | None = None,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Give many users the same permissions, or the same in fields that name no user.

    Left out, with the reason: whom a held product forbids the location, an actor who would
    demote themself, administrators beyond reach. Raises AlreadyDone; Refused when it can be done to
    no user, or the permissions are above the actor's own; ValueError for other fields.
    """
    fields = dict(fields or {})
    if strange := fields.keys() - PLAIN_FIELDS:
        raise ValueError(f"not for many: {', '.join(sorted(strange))}")
    roles = None if roles is None else tuple(role for role in Role if role in roles)
    request = {"fields": fields, "roles": roles}
    batch = batch or batches.open_batch(
        BatchKind.CHANGE, actor=actor, customer=customer, key=key, request=request, reason=reason
    )
    capability = Capability.MANAGE_USERS
    locked = take_users(users, customer=customer, actor=actor, capability=capability)
    check_roles(roles or (), actor=locked.actor)
    todo, left = locked.sort_out(
        deleted,
        _demotes(locked.actor, roles),
        beyond_reach(locked.actor, capability),
        kept_elsewhere([row.pk for row in locked.rows], fields, actor=locked.actor),
        _forbids(locked.rows, fields),
    )
    changes = _give(todo, fields, roles, batch)
    changed = [(row, changes[row.pk]) for row in todo if changes[row.pk]]
    entries = [entry_of(row, pairs) for row, pairs in changed]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    items = [item_of(batch, row, pairs) for row, pairs in changed]
    left += [(row, Outcome.ALREADY, str(NO_CHANGE_NEEDED)) for row in todo if not changes[row.pk]]
    return batches.close_batch(batch, items + left_items(batch, left))


def _give(
    rows: Sequence[User], fields: Mapping[str, str], roles: tuple[Role, ...] | None, batch: Batch
) -> dict[int, dict[str, list[Any]]]:
    """Write what is another for each of these users, and return it by user id."""
    changes: dict[int, dict[str, list[Any]]] = {}
    for row in rows:
        before = {name: str(getattr(row, name)) for name in fields}
        pairs = {name: [old, fields[name]] for name, old in before.items() if old != fields[name]}
        changes[row.pk] = pairs | _roles_pair(row, roles)
        for name in pairs:
            setattr(row, name, fields[name])
    changed = [row for row in rows if changes[row.pk]]
    write_fields(changed, fields, batch)
    if roles is not None:
        write_roles({row.pk: roles for row in changed})
    return changes


def _demotes(actor: User, roles: Collection[Role] | None) -> Why:
    def why(row: User) -> tuple[Outcome, str] | None:
        if roles is None or row.pk != actor.pk or not set(row.roles) - set(roles):
            return None
        return Outcome.SKIPPED, str(OWN_PERMISSIONS)

    return why


def _forbids(rows: Iterable[User], fields: Mapping[str, str]) -> Why:
    """Return the reason that leaves out users of a product that is barred in the new location."""
    location = fields.get("usage_location")
    moved = [row for row in rows if location not in {None, str(row.usage_location)}]
    problems = _location_problems(moved, str(location)) if moved else {}

    def why(row: User) -> tuple[Outcome, str] | None:
        found = problems.get(row.pk)
        return (Outcome.FAILED, joined(found.values())) if found else None

    return why


def _roles_pair(row: User, roles: Collection[Role] | None) -> dict[str, list[Any]]:
    if roles is None or set(roles) == set(row.roles):
        return {}
    return {"roles": [[str(role) for role in row.roles], [str(role) for role in roles]]}


def check_seen(fresh: User, seen: Mapping[str, str]) -> None:
    """Raise ChangedMeanwhile unless all of these values are as they were seen."""
    changed = [name for name, value in seen.items() if seen_value(fresh, name) != value]
    if changed:
        raise ChangedMeanwhile(changed)


def _location_problems(rows: Iterable[User], location: str) -> dict[int, dict[int, str]]:
    """Return why users can't have this location, by their id and the product that they hold."""
    live = LicenseAssignment.objects.live().filter(user__among=[row.pk for row in rows])
    held: dict[int, list[int]] = {}
    for user, product in live.values_list("user_id", "subscription__product_id"):
        held.setdefault(user, []).append(product)
    if not held:
        return {}
    catalog = Catalog()
    forbidding = {
        pk
        for pk, product in catalog.products.items()
        if not location or location in product.blocked_countries
    }
    return {
        user: catalog.problems(products, forbidding.intersection(products), location)
        for user, products in held.items()
        if forbidding.intersection(products)
    }


def _set_roles(fresh: User, roles: tuple[Role, ...] | None, *, actor: User) -> dict[str, list[Any]]:
    pair = _roles_pair(fresh, roles)
    if not pair or roles is None:
        return {}
    if _demotes(actor, roles)(fresh):
        raise Refused(str(OWN_PERMISSIONS), code="own-permissions")
    check_roles(roles, actor=actor)
    write_roles({fresh.pk: roles})
    fresh.__dict__.pop("roles", None)
    fresh.__dict__["role_names"] = "|".join(roles)
    return pair
