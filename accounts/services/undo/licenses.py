"""Licenses given are taken, licenses taken are given, and services are switched as they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.models import Batch, BatchItem, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.services import audit, batches
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from licensing.rules import Catalog
from licensing.services.seats import Seat, Seats, lock_subscriptions, move_seats, switch_services

from ...models import User
from ..users.adding import license_facts
from ..users.locking import deleted
from .cases import Case, Inverse, Plan, Tally

# By user id and subscription id.
Held = dict[int, dict[int, LicenseAssignment]]
# By subscription id: the services that are off, or None for no license.
State = dict[int, list[str] | None]


@dataclass(slots=True)
class _Work:
    take: list[Seat] = field(default_factory=list)
    release: list[LicenseAssignment] = field(default_factory=list)
    # With the services that shall be off.
    switch: list[tuple[LicenseAssignment, list[str]]] = field(default_factory=list)

    def add(self, row: User, before: State, held: Mapping[int, LicenseAssignment]) -> None:
        """The way back to `before` for one person."""
        for pk, off in before.items():
            if off is None:
                self.release.append(held[pk])
            elif pk in held:
                self.switch.append((held[pk], off))
            else:
                self.take.append(Seat(row.pk, pk, tuple(off)))


def _plan(case: Case) -> Plan:
    able, left = case.sort_out(deleted)
    touched = {pk for row in able for pk in _state(case.items[row.pk].after)}
    subscriptions = _subscriptions(case, touched)
    held = _held(able)
    gate, work = _Gate(case.customer, subscriptions), _Work()
    todo: list[User] = []
    for row in able:
        before, after = (_state(data) for data in _sides(case.items[row.pk]))
        if why := gate.why_not(row, before, after, held[row.pk]):
            left.append((row, Outcome.SKIPPED, why))
        else:
            todo.append(row)
            work.add(row, before, held[row.pk])
    deed = _Deed(case, todo, work, subscriptions)
    return Plan(todo, left, _points(work, subscriptions), deed.do)


def _sides(item: BatchItem) -> tuple[dict[str, Any], dict[str, Any]]:
    return item.before, item.after


def _state(data: Mapping[str, Any]) -> State:
    return {int(pk): off for pk, off in data.get("licenses", {}).items()}


def _subscriptions(case: Case, ids: Iterable[int]) -> dict[int, Subscription]:
    if case.locked:
        return lock_subscriptions(ids)
    rows = Subscription.objects.select_related("product").filter(pk__in=set(ids))
    return {row.pk: row for row in rows}


def _held(rows: Iterable[User]) -> Held:
    held: Held = {row.pk: {} for row in rows}
    for assignment in LicenseAssignment.objects.live().filter(user__among=list(held)):
        held[assignment.user_id][assignment.subscription_id] = assignment
    return held


class _Gate:
    """Lets through, in the order of the list, whose licenses can be as before."""

    def __init__(self, customer: Customer, subscriptions: Mapping[int, Subscription]) -> None:
        self.subscriptions = subscriptions
        self.free = {pk: row.available for pk, row in subscriptions.items()}
        self.catalog = Catalog()
        self.products = dict(customer.subscriptions.values_list("pk", "product_id"))

    def why_not(
        self, row: User, before: State, after: State, held: Mapping[int, LicenseAssignment]
    ) -> str:
        """Why this person's licenses can't be as before; "" where they can, a seat taken then."""
        gains = [pk for pk, off in before.items() if off is not None and after[pk] is None]
        losses = [pk for pk, off in before.items() if off is None]
        reasons = [self._canceled(pk) for pk in before]
        reasons += [self._seat(pk) for pk in gains]
        if found := next(filter(None, reasons), ""):
            return found
        if {pk: held[pk].services_off if pk in held else None for pk in after} != after:
            return _("The licenses are no longer as this left them.")
        if found := self._rule(row, gains, losses, held):
            return found
        for pk in gains:
            self.free[pk] -= 1
        return ""

    def _canceled(self, pk: int) -> str:
        if not self.subscriptions[pk].is_canceled:
            return ""
        return _("%(product)s: the subscription was canceled.") % self._name(pk)

    def _seat(self, pk: int) -> str:
        if self.subscriptions[pk].status == SubscriptionStatus.SUSPENDED:
            return _("%(product)s: the subscription is suspended.") % self._name(pk)
        if self.free[pk] < 1:
            return _("%(product)s: no seat is free.") % self._name(pk)
        return ""

    def _rule(
        self,
        row: User,
        gains: Sequence[int],
        losses: Sequence[int],
        held: Mapping[int, LicenseAssignment],
    ) -> str:
        had = {self.products[pk] for pk in held}
        taken = {self.products[pk] for pk in gains}
        released = {self.products[pk] for pk in losses} - taken
        after = (had - released) | taken
        found = self.catalog.problems(after, taken, str(row.usage_location))
        found |= self.catalog.orphaned(after & had, released)
        return " ".join(found.values())

    def _name(self, pk: int) -> dict[str, str]:
        return {"product": self.subscriptions[pk].product.name}


def _points(work: _Work, subscriptions: Mapping[int, Subscription]) -> list[str]:
    texts = (
        (_("Licenses taken away: %(list)s."), [row.subscription_id for row in work.release]),
        (_("Licenses given back: %(list)s."), [seat.subscription_id for seat in work.take]),
        (
            _("Service plans switched as before: %(list)s."),
            [row.subscription_id for row, _off in work.switch],
        ),
    )
    points = []
    for text, ids in texts:
        tally = Tally()
        for pk in ids:
            tally.add(subscriptions[pk].product.name)
        if ids:
            points.append(text % {"list": tally.text()})
    return points


@dataclass(frozen=True, slots=True)
class _Deed:
    case: Case
    people: Sequence[User]
    work: _Work
    subscriptions: Mapping[int, Subscription]

    def do(self, batch: Batch) -> Batch:
        customer, actor = self.case.customer, self.case.actor
        batches.open_batch(BatchKind.LICENSES, actor=actor, customer=customer, key=batch)
        taken = move_seats(
            take=self.work.take,
            release=self.work.release,
            subscriptions=self.subscriptions,
            at=timezone.now(),
        )
        for row in [*taken, *self.work.release, *(row for row, _off in self.work.switch)]:
            row.subscription = self.subscriptions[row.subscription_id]
        entries = [*self._moves(taken), *self._switch()]
        User.objects.filter(pk__among=[row.pk for row in self.people]).update(
            changed_by_batch=batch
        )
        audit.record(entries, actor=actor, customer=customer, batch=batch)
        items = [self._item(batch, row) for row in self.people]
        return batches.close_batch(batch, items)

    def _moves(self, taken: Iterable[LicenseAssignment]) -> list[audit.Entry]:
        people = {row.pk: row for row in self.people}
        moves = [(Action.LICENSE_ASSIGNED, row) for row in taken]
        moves += [(Action.LICENSE_REVOKED, row) for row in self.work.release]
        return [
            audit.Entry(action, people[row.user_id], license_facts(row)) for action, row in moves
        ]

    def _switch(self) -> list[audit.Entry]:
        people = {row.pk: row for row in self.people}
        entries = []
        for row, off in self.work.switch:
            product = row.subscription.product.name
            facts = {"product": product, "services_off": [row.services_off, off]}
            entries.append(audit.Entry(Action.LICENSE_SERVICES, people[row.user_id], facts))
        switch_services(_alike(self.work.switch))
        return entries

    def _item(self, batch: Batch, row: User) -> BatchItem:
        done = self.case.items[row.pk]
        return batches.item(
            batch,
            row,
            before={"licenses": done.after["licenses"]},
            after={"licenses": done.before["licenses"]},
        )


UNDO_LICENSES = Inverse(BatchKind.LICENSES, Capability.MANAGE_LICENSES, _plan)


def _alike(changes: Iterable[tuple[LicenseAssignment, list[str]]]) -> list[Seats]:
    """Those of one subscription with the same services off are one statement."""
    people: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for row, off in changes:
        people.setdefault((row.subscription_id, tuple(off)), []).append(row.user_id)
    return [Seats(pk, users, off) for (pk, off), users in people.items()]
