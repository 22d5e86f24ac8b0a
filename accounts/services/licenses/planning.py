"""Planning a change of licenses, in memory: what it comes to for whom, and whether it may be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from customers.errors import Refused
from customers.said import gettext as _
from licensing.errors import RulesBroken
from licensing.models import Subscription
from licensing.rules import Catalog
from licensing.services.reservations import reserved_for
from licensing.services.seats import AlikeSeats, check_moves, tally

from ...queries.license_groups import Group, Held, Holdings


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """What shall be of one subscription: have it, lose it, or (None) as it is; and of its plans.

    `instead_of` is another subscription: users who have that lose it and have this one, and of all
    others only the plans change.
    """

    have: bool | None = None
    switch_off: frozenset[str] = frozenset()
    switch_on: frozenset[str] = frozenset()
    instead_of: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "have": self.have,
            "off": sorted(self.switch_off),
            "on": sorted(self.switch_on),
            "instead_of": self.instead_of,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        off, on = frozenset(found["off"]), frozenset(found["on"])
        return cls(found["have"], off, on, found["instead_of"])


Changes = Mapping[int, LicenseChange]


@dataclass(frozen=True, slots=True)
class Step:
    """Users who hold the same before, and the same afterwards."""

    users: Sequence[int]
    location: str
    before: Holdings
    after: Holdings

    @property
    def taken(self) -> list[int]:
        return sorted(self.after.keys() - self.before.keys())

    @property
    def released(self) -> list[int]:
        return sorted(self.before.keys() - self.after.keys())

    @property
    def switched(self) -> list[int]:
        both = self.before.keys() & self.after.keys()
        return sorted(pk for pk in both if self.before[pk] != self.after[pk])

    @property
    def touched(self) -> list[int]:
        return sorted([*self.taken, *self.released, *self.switched])


def plan(
    groups: Iterable[Group], changes: Changes, subscriptions: Mapping[int, Subscription]
) -> list[Step]:
    """Return the steps of a change. Refused where a subscription is both swapped and changed
    itself.
    """
    left = [change.instead_of for change in changes.values() if change.instead_of is not None]
    if len(set(left)) != len(left) or not changes.keys().isdisjoint(left):
        raise Refused(
            _("A product that is being swapped can't be changed in another way."),
            code="license-change-twice",
        )
    return [
        Step(group.users, group.location, group.held, _after(group.held, changes, subscriptions))
        for group in groups
    ]


def _after(
    held: Holdings, changes: Changes, subscriptions: Mapping[int, Subscription]
) -> dict[int, Held]:
    after = dict(held)
    for pk, change in changes.items():
        wanted = change.have
        if change.instead_of is not None:
            wanted = True if after.pop(change.instead_of, None) else None
        if wanted is False:
            after.pop(pk, None)
        elif pk in held:
            off = (set(held[pk].off) | change.switch_off) - change.switch_on
            if off != set(held[pk].off):
                after[pk] = replace(held[pk], off=tuple(sorted(off)))
        elif wanted:
            after[pk] = Held(subscriptions[pk].product_id, tuple(sorted(change.switch_off)))
    return after


def check_rules(steps: Iterable[Step], catalog: Catalog) -> None:
    """Raise RulesBroken for requirements, conflicts, countries, and what is left without a base."""
    problems: dict[int, dict[int, str]] = {}
    for step in steps:
        if found := problems_of(step, catalog):
            problems |= dict.fromkeys(step.users, found)
    if problems:
        raise RulesBroken(problems)


def problems_of(step: Step, catalog: Catalog) -> dict[int, str]:
    """Return by product why these users may not hold it afterwards."""
    after = {held.product_id for held in step.after.values()}
    taken = {step.after[pk].product_id for pk in step.taken}
    released = {step.before[pk].product_id for pk in step.released}
    found = catalog.problems(after, taken, step.location)
    return found | catalog.orphaned(after - taken, released - taken)


@dataclass(frozen=True, slots=True)
class Shares:
    """The seats that are taken and released, and the plans that change, by subscription."""

    take: Sequence[AlikeSeats]
    release: Sequence[AlikeSeats]
    switch: Sequence[AlikeSeats]

    @classmethod
    def of(cls, steps: Collection[Step]) -> Self:
        take, release, switch = _SeatMoves(), _SeatMoves(), _SeatMoves()
        for step in steps:
            for pk in step.taken:
                take.add(pk, step, step.after)
            for pk in step.released:
                release.add(pk, step, step.before)
            for pk in step.switched:
                switch.add(pk, step, step.after)
        return cls(take.all(), release.all(), switch.all())


class _SeatMoves:
    """Seats gathered by subscription and plans, whatever else these users hold."""

    def __init__(self) -> None:
        self.users: dict[tuple[int, tuple[str, ...]], list[int]] = {}

    def add(self, pk: int, step: Step, held: Holdings) -> None:
        self.users.setdefault((pk, held[pk].off), []).extend(step.users)

    def all(self) -> list[AlikeSeats]:
        return [AlikeSeats(pk, users, off) for (pk, off), users in sorted(self.users.items())]


def check_seats(steps: Collection[Step], subscriptions: Mapping[int, Subscription]) -> None:
    """Raise NotActive or SeatsShort, as the change would raise it now."""
    shares = Shares.of(steps)
    used = reserved_for(shares.take, subscriptions)
    check_moves(
        tally(shares.take),
        tally(shares.release),
        subscriptions,
        reserved={pk: -len(users) for pk, users in used.items()},
    )


# Of users that are left out, the subscriptions that lacked a seat for each.
Lacking = dict[int, tuple[int, ...]]


def fit(
    steps: Collection[Step], order: Iterable[int], subscriptions: Mapping[int, Subscription]
) -> tuple[list[Step], Lacking]:
    """Return the steps of those for whom there are seats, first come first served, and the others.

    Each user gets all that is wanted, or nothing; a seat that is reserved for one is nobody else's.
    """
    free = {pk: row.available for pk, row in subscriptions.items()}
    kept = reserved_for(Shares.of(steps).take, subscriptions)
    own = {(pk, user) for pk, users in kept.items() for user in users}
    wants = {user: step.taken for step in steps if step.taken for user in step.users}
    lacking: Lacking = {}
    for user in order:
        if user not in wants:
            continue
        wanted = [pk for pk in wants[user] if (pk, user) not in own]
        if short := tuple(pk for pk in wanted if free[pk] < 1):
            lacking[user] = short
            continue
        for pk in wanted:
            free[pk] -= 1
    fitting = [
        replace(step, users=[user for user in step.users if user not in lacking]) for step in steps
    ]
    return [step for step in fitting if step.users], lacking
