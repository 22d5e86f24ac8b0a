"""Undo of a change of licenses: given ones are taken, taken ones given, plans switched back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from customers.models import Batch, BatchKind, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import joined
from customers.services import batches
from customers.services.audit import named
from licensing.errors import canceled, no_seat, suspended
from licensing.models import Subscription, SubscriptionStatus
from licensing.rules import Catalog
from licensing.services.reservations import count_with_reserved, reserved_for
from licensing.services.seats import lock_subscriptions, tally

from ...queries.license_groups import Group, Held, Holdings, groups_of
from ...queries.user_briefs import Brief
from ..licenses import Shares, Step, problems_of
from ..licenses.writing import items_of, write_steps
from ..users.locking import deleted
from .cases import Case, Inverse, Plan, WordCounts
from .later import Done

# By subscription id: the services that are off, or None for no license.
State = dict[int, tuple[str, ...] | None]


@dataclass(slots=True)
class _Way:
    """The way back to what was before, for users who hold the same and to whom the same was
    done.

    `canceled` is why not, whatever seats are free, and `refusal`, where they are. `users` are
    those for whom it can be.
    """

    location: str
    now: Holdings
    then: Holdings
    canceled: str = ""
    refusal: str = ""
    users: list[int] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return Step(self.users, self.location, self.now, self.then)


def _plan(case: Case) -> Plan:
    able, left = case.sort_out(deleted)
    touched = {pk for done in {case.done[row.pk] for row in able} for pk in _state(done.after)}
    if case.locked:
        subscriptions = lock_subscriptions(touched)
    else:
        rows = Subscription.objects.select_related("product").filter(pk__in=touched)
        subscriptions = {row.pk: row for row in rows}
    gate = _Gate(subscriptions)
    # By user id, with the subscriptions of which a seat is taken again.
    ways: dict[int, tuple[_Way, Sequence[int]]] = {}
    for group in groups_of((row.pk for row in able), case.customer):
        alike: dict[Done, tuple[_Way, Sequence[int]]] = {}
        for pk in group.users:
            done = case.done[pk]
            if done not in alike:
                way = gate.way(group, done)
                alike[done] = way, way.step.taken
            ways[pk] = alike[done]
    todo: list[Brief] = []
    for brief in able:
        way, gains = ways[brief.pk]
        if why := gate.why_not(way, gains):
            left.append((brief, Outcome.SKIPPED, why))
        else:
            todo.append(brief)
            way.users.append(brief.pk)
    different = {id(way): way for way, _gains in ways.values()}.values()
    steps = [way.step for way in different if way.users]
    undo = _LicenseUndo(case, todo, steps, subscriptions)
    return Plan(todo, left, undo.points(), undo.do)


def _state(data: Mapping[str, Any]) -> State:
    licenses = data.get("licenses", {}).items()
    return {int(pk): None if off is None else tuple(off) for pk, off in licenses}


class _Gate:
    """A gate that lets users through, in the order of the list, whose licenses can be as before."""

    def __init__(self, subscriptions: Mapping[int, Subscription]) -> None:
        self.subscriptions = subscriptions
        self.free = {pk: row.available for pk, row in subscriptions.items()}
        self.catalog = Catalog()

    def way(self, group: Group, done: Done) -> _Way:
        before, after = _state(done.before), _state(done.after)
        then = {pk: held for pk, held in group.held.items() if pk not in before}
        for pk, off in before.items():
            if off is not None:
                then[pk] = Held(self.subscriptions[pk].product_id, off)
        way = _Way(group.location, group.held, then)
        gone = (pk for pk in before if self.subscriptions[pk].is_canceled)
        way.canceled = next((canceled(self._name(pk)) for pk in gone), "")
        if {pk: group.held[pk].off if pk in group.held else None for pk in after} != after:
            way.refusal = _("The licenses have been changed since then.")
        elif not way.canceled:
            way.refusal = joined(problems_of(way.step, self.catalog).values())
        return way

    def why_not(self, way: _Way, gains: Sequence[int]) -> str:
        """Return why these licenses can't be as before; "" where they can, and take the seats."""
        if way.canceled:
            return way.canceled
        for pk in gains:
            if self.subscriptions[pk].status == SubscriptionStatus.SUSPENDED:
                return suspended(self._name(pk))
            if self.free[pk] < 1:
                return no_seat(self._name(pk))
        if not way.refusal:
            for pk in gains:
                self.free[pk] -= 1
        return way.refusal

    def _name(self, pk: int) -> str:
        return self.subscriptions[pk].product.name


@dataclass(frozen=True, slots=True)
class _LicenseUndo:
    case: Case
    users: Sequence[Brief]
    steps: Sequence[Step]
    subscriptions: Mapping[int, Subscription]

    def points(self) -> list[str]:
        shares = Shares.of(self.steps)
        texts = (
            (_("Licenses removed: %(list)s."), shares.release),
            (_("Licenses assigned again: %(list)s."), shares.take),
            (_("Service plans switched as before: %(list)s."), shares.switch),
        )
        points = []
        for text, seats in texts:
            words = WordCounts()
            for pk, number in tally(seats).items():
                words.add(self.subscriptions[pk].product.name, number)
            if seats:
                points.append(text % {"list": words.text()})
        return points

    def do(self, batch: Batch) -> Batch:
        shares = Shares.of(self.steps)
        used = reserved_for(shares.take, self.subscriptions)
        gained, lost = tally(shares.take), tally(shares.release)
        count_with_reserved(gained, lost, self.subscriptions, used=used)
        names = {row.pk: named(row.display_name, row.user_name) for row in self.users}
        write_steps(self.steps, names, self.subscriptions, actor=self.case.actor, batch=batch)
        return batches.close_batch_alike(batch, items_of(self.steps))


UNDO_LICENSES = Inverse(BatchKind.LICENSES, Capability.MANAGE_LICENSES, _plan)
