"""Manage licenses: what the people shall have, checked as a whole, then moved at one instant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchItem, BatchKind, Customer
from customers.roles import Capability
from customers.services import audit, batches
from customers.services.batches import Key
from customers.services.transactions import transactional
from licensing.errors import RulesBroken
from licensing.models import LicenseAssignment, Subscription
from licensing.rules import Catalog, check_plans
from licensing.services.seats import Seat, change_services, lock_subscriptions, move_seats

from ..models import User
from .users.adding import license_facts
from .users.locking import NAMED, People, deleted, take_people

Held = dict[int, dict[int, LicenseAssignment]]


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """For one subscription: have it, lose it, or (None) as it is; plans to switch on and off."""

    have: bool | None = None
    switch_off: frozenset[str] = frozenset()
    switch_on: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Work:
    take: list[Seat] = field(default_factory=list)
    release: list[LicenseAssignment] = field(default_factory=list)
    services: list[tuple[LicenseAssignment, list[str]]] = field(default_factory=list)


@transactional
def change_licenses(
    users: Sequence[User],
    changes: Mapping[int, LicenseChange],
    *,
    customer: Customer,
    actor: User,
    key: Key = "",
) -> Batch:
    """Give and take licenses by subscription id, all or nothing, never through a state between.

    Raises AlreadyDone, SeatsShort, NotActive, RulesBroken, Refused (somebody was deleted).
    """
    batch = batches.open_batch(BatchKind.LICENSES, actor=actor, customer=customer, key=key)
    capability = Capability.MANAGE_LICENSES
    people = take_people(users, customer=customer, actor=actor, capability=capability)
    rows = _living(people, users)
    subscriptions = _lock(customer, changes)
    held = _held(rows)
    work = _plan(rows, changes, held)
    check_plans({subscriptions[pk].product_id: change.switch_off for pk, change in changes.items()})
    _check_rules(rows, held, work, subscriptions)
    now = timezone.now()
    taken = move_seats(take=work.take, release=work.release, subscriptions=subscriptions, at=now)
    for row in taken:
        row.subscription = subscriptions[row.subscription_id]
    changed = _switch(work)
    _mark(rows, work, batch)
    _log(rows, taken, work.release, changed, actor=actor, customer=customer, batch=batch)
    batches.close_batch(batch, _items(batch, rows, taken, work, changed))
    return batch


def _living(people: People, users: Collection[User]) -> list[User]:
    """All of them, or Refused: for whom somebody chose a license, that one shall have it."""
    there = {row.pk for row in people.rows}
    gone = [
        _("%(name)s was removed meanwhile.") % {"name": user.display_name}
        for user in users
        if user.pk not in there
    ]
    rows, left = people.sort_out(deleted)
    lost = [*(why for _row, _outcome, why in left), *gone]
    if lost:
        raise Refused(" ".join(lost[:NAMED]))
    return rows


def _lock(customer: Customer, changes: Mapping[int, LicenseChange]) -> dict[int, Subscription]:
    own = customer.subscriptions.filter(pk__in=changes).values_list("pk", flat=True)
    subscriptions = lock_subscriptions(own)
    if changes.keys() - subscriptions.keys():
        raise Refused(_("A chosen subscription does not exist any more. Look at the page again."))
    return subscriptions


def _held(rows: Collection[User]) -> Held:
    held: Held = {row.pk: {} for row in rows}
    live = LicenseAssignment.objects.live().filter(user__among=[row.pk for row in rows])
    for assignment in live.select_related("subscription__product"):
        held[assignment.user_id][assignment.subscription_id] = assignment
    return held


def _plan(rows: Iterable[User], changes: Mapping[int, LicenseChange], held: Held) -> _Work:
    work = _Work()
    for row in rows:
        for pk, change in changes.items():
            assignment = held[row.pk].get(pk)
            if assignment is None:
                if change.have:
                    work.take.append(Seat(row.pk, pk, tuple(sorted(change.switch_off))))
            elif change.have is False:
                work.release.append(assignment)
            else:
                off = (set(assignment.services_off) | change.switch_off) - change.switch_on
                if off != set(assignment.services_off):
                    work.services.append((assignment, sorted(off)))
    return work


def _check_rules(
    rows: Iterable[User],
    held: Held,
    work: _Work,
    subscriptions: Mapping[int, Subscription],
) -> None:
    """All people at once: requirements, conflicts, countries, and what is left without a base."""
    gain: dict[int, set[int]] = {}
    lose: dict[int, set[int]] = {}
    for seat in work.take:
        product = subscriptions[seat.subscription_id].product_id
        gain.setdefault(seat.user_id, set()).add(product)
    for row in work.release:
        lose.setdefault(row.user_id, set()).add(row.subscription.product_id)
    catalog = Catalog()
    problems = {}
    for user in rows:
        before = {row.subscription.product_id for row in held[user.pk].values()}
        taken, released = gain.get(user.pk, set()), lose.get(user.pk, set())
        after = (before - released) | taken
        found = catalog.problems(after, taken, str(user.usage_location))
        found |= catalog.orphaned(after & before, released - taken)
        if found:
            problems[user.pk] = found
    if problems:
        raise RulesBroken(problems)


def _switch(work: _Work) -> list[tuple[LicenseAssignment, list[str]]]:
    """Write the plans; the rows with what they had before."""
    changed = []
    for row, off in work.services:
        changed.append((row, row.services_off))
        row.services_off = off
    change_services([row for row, _before in changed])
    return changed


def _mark(rows: Iterable[User], work: _Work, batch: Batch) -> None:
    touched = {seat.user_id for seat in work.take} | {row.user_id for row in work.release}
    touched |= {row.user_id for row, _off in work.services}
    User.objects.filter(pk__among=touched).update(changed_by_batch=batch)


def _log(
    rows: Iterable[User],
    taken: Iterable[LicenseAssignment],
    released: Iterable[LicenseAssignment],
    changed: Iterable[tuple[LicenseAssignment, list[str]]],
    *,
    actor: User,
    customer: Customer,
    batch: Batch,
) -> None:
    by_id = {row.pk: row for row in rows}
    entries = [
        audit.Entry(Action.LICENSE_ASSIGNED, by_id[row.user_id], license_facts(row))
        for row in taken
    ]
    entries += [
        audit.Entry(Action.LICENSE_REVOKED, by_id[row.user_id], license_facts(row))
        for row in released
    ]
    entries += [
        audit.Entry(
            Action.LICENSE_SERVICES,
            by_id[row.user_id],
            {"product": row.subscription.product.name, "services_off": [before, row.services_off]},
        )
        for row, before in changed
    ]
    audit.record(entries, actor=actor, customer=customer, batch=batch)


def _items(
    batch: Batch,
    rows: Iterable[User],
    taken: Iterable[LicenseAssignment],
    work: _Work,
    changed: Iterable[tuple[LicenseAssignment, list[str]]],
) -> list[BatchItem]:
    """Before and after of the touched subscriptions: services off, or None for no license."""
    before: dict[int, dict[str, object]] = {row.pk: {} for row in rows}
    after: dict[int, dict[str, object]] = {row.pk: {} for row in rows}
    for row in taken:
        before[row.user_id][str(row.subscription_id)] = None
        after[row.user_id][str(row.subscription_id)] = row.services_off
    for row in work.release:
        before[row.user_id][str(row.subscription_id)] = row.services_off
        after[row.user_id][str(row.subscription_id)] = None
    for row, old in changed:
        before[row.user_id][str(row.subscription_id)] = old
        after[row.user_id][str(row.subscription_id)] = row.services_off
    return [
        batches.item(
            batch,
            row,
            before={"licenses": before[row.pk]},
            after={"licenses": after[row.pk]},
        )
        for row in rows
    ]
