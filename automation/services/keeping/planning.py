"""What the rules come to for whom, in memory: by what users hold and by the seats there are.

No seat is taken from who has it. Who wants one that is not there waits, in the order of the rules,
then of how long each has waited.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from accounts.queries.license_groups import Held, Holdings
from accounts.services.licenses import Step
from customers.said import gettext as _
from customers.said import joined
from licensing.errors import no_seat, suspended
from licensing.models import Subscription
from licensing.rules import Catalog

from ...models import KeptState
from ...queries.rule_facts import Wishes


@dataclass(frozen=True, slots=True)
class Kept:
    """What a row of KeptLicense says: by which rule it is given or owed, and what is in the way."""

    state: str
    rule: int | None
    why: str = ""


@dataclass(eq=False)
class Case:
    """Users of one place who hold the same, have the same from the rules, and are to have the
    same.
    """

    location: str
    held: Holdings
    kept: Mapping[int, Kept]
    wishes: Wishes
    users: list[int] = field(default_factory=list)


# Users of a case, and the subscriptions of which there is no seat for them.
Part = tuple[Case, list[int], frozenset[int]]


@dataclass(frozen=True)
class Verdict:
    """What comes of a case: what its users hold afterwards, and what the rules remember of it."""

    after: Holdings
    kept: Mapping[int, Kept]


@dataclass(frozen=True)
class Settlement:
    """A part of a case for which there are seats alike, and its verdict."""

    case: Case
    users: Sequence[int]
    verdict: Verdict

    @cached_property
    def step(self) -> Step:
        return Step(self.users, self.case.location, self.case.held, self.verdict.after)

    @property
    def changes_nothing(self) -> bool:
        same = self.verdict.kept == self.case.kept
        return same and self.verdict.after == self.case.held

    def told(self, pools: Mapping[int, Subscription]) -> str:
        """Return why users newly wait, or can't have a license, in sentences; "" for nothing."""
        texts = []
        for pk, kept in sorted(self.verdict.kept.items()):
            if kept.state == KeptState.GIVEN or self.case.kept.get(pk) == kept:
                continue
            waits = _("It is assigned as soon as a seat is free.")
            texts.append(kept.why or joined((no_seat(pools[pk].product.name), waits)))
        return joined(texts)


@dataclass(eq=False)
class Board:
    """The table that all is laid out on: subscriptions, and what products allow."""

    pools: Mapping[int, Subscription]
    catalog: Catalog
    # Seats that can be given out now, by subscription id; none of one that is not active.
    free: Mapping[int, int]
    # Since when a user waits for a subscription, by both ids.
    since: Mapping[tuple[int, int], datetime]
    now: datetime
    # For whom a seat is kept, and of which subscription: it is none of those that are free.
    reserved: Collection[tuple[int, int]] = ()
    _verdicts: dict[tuple[Case, frozenset[int]], Verdict] = field(default_factory=dict)

    def settle(self, cases: Iterable[Case]) -> list[Settlement]:
        """Return what comes of these cases together."""
        parts: list[Part] = [(case, case.users, frozenset()) for case in cases]
        for pk in self._requirements_first():
            taking: list[Part] = []
            others: list[Part] = []
            for part in parts:
                (taking if self._takes(part, pk) else others).append(part)
            wanted = sum(len(users) for _case, users, _lacking in taking)
            released = sum(len(part[1]) for part in parts if self._lets_go(part[0], pk))
            free = max(0, self.free.get(pk, 0) + released) if self.pools[pk].is_active else 0
            if wanted <= free:
                continue
            sure = {
                user for _case, users, _l in taking for user in users if (user, pk) in self.reserved
            }
            ranked = sorted(
                (case.wishes[pk].position, self.since.get((user, pk), self.now), user)
                for case, users, _lacking in taking
                for user in users
                if user not in sure
            )
            first = sure.union(user for _position, _since, user in ranked[:free])
            split = others
            for case, users, lacking in taking:
                with_seat = [user for user in users if user in first]
                without = [user for user in users if user not in first]
                split += [(case, with_seat, lacking)] if with_seat else []
                split += [(case, without, lacking | {pk})] if without else []
            parts = split
        return [
            Settlement(case, users, self.verdict(case, lacking)) for case, users, lacking in parts
        ]

    def _takes(self, part: Part, pk: int) -> bool:
        case, _users, lacking = part
        return pk in case.wishes and pk not in case.held and pk in self.verdict(case, lacking).after

    def _lets_go(self, case: Case, pk: int) -> bool:
        return pk in case.held and pk not in self.verdict(case, frozenset()).after

    def verdict(self, case: Case, lacking: frozenset[int]) -> Verdict:
        """Return what comes of a case where there is no seat of the `lacking` subscriptions."""
        if (case, lacking) not in self._verdicts:
            self._verdicts[case, lacking] = self._verdict(case, lacking)
        return self._verdicts[case, lacking]

    def _verdict(self, case: Case, lacking: frozenset[int]) -> Verdict:
        after, kept = self._stays(case)
        wanted = [
            pk
            for pk in sorted(case.wishes, key=lambda pk: (case.wishes[pk].position, pk))
            if pk not in case.held and not self.pools[pk].is_canceled
        ]
        barred = self._barred(case, after, wanted, lacking)
        for pk in wanted:
            wish = case.wishes[pk]
            if pk in barred:
                kept[pk] = Kept(KeptState.BARRED, wish.rule, barred[pk])
            elif pk in lacking:
                pool = self.pools[pk]
                why = "" if pool.is_active else suspended(pool.product.name)
                kept[pk] = Kept(KeptState.WAITING, wish.rule, why)
            else:
                after[pk] = Held(self.pools[pk].product_id, wish.off)
                kept[pk] = Kept(KeptState.GIVEN, wish.rule)
        return Verdict(after, kept)

    def _stays(self, case: Case) -> tuple[dict[int, Held], dict[int, Kept]]:
        """Return what users go on to have of what they hold, and what of that is by rule.

        What nobody gave but a rule goes with the rule, unless a license that stays needs it.
        """
        given = {
            pk for pk, row in case.kept.items() if row.state == KeptState.GIVEN and pk in case.held
        }
        going = {pk: case.held[pk] for pk in given if pk not in case.wishes}
        after = {pk: held for pk, held in case.held.items() if pk not in going}
        kept: dict[int, Kept] = {}
        for pk in given - going.keys():
            after[pk] = Held(case.held[pk].product_id, case.wishes[pk].off)
            kept[pk] = Kept(KeptState.GIVEN, case.wishes[pk].rule)
        needed = True
        while needed and going:
            staying = {held.product_id: held for held in after.values()}
            needed = False
            for pk, held in sorted(going.items()):
                why = self.catalog.orphaned(staying, [held.product_id])
                if why:
                    after[pk] = going.pop(pk)
                    kept[pk] = Kept(KeptState.GIVEN, None, joined(why.values()))
                    needed = True
        return after, kept

    def _barred(
        self, case: Case, after: Holdings, wanted: Sequence[int], lacking: frozenset[int]
    ) -> dict[int, str]:
        """Return why which of the wanted can't be held, by subscription id.

        Of two that can't be combined, the one of the first rule is wanted, with a seat or without.
        """
        held = {row.product_id for row in after.values()}
        barred: dict[int, str] = {}
        claimed = set(held)
        for pk in wanted:
            product = self.pools[pk].product_id
            rules = self.catalog.products[product]
            # What is lacking is another matter, below.
            whole = claimed | {product} | rules.requires
            found = self.catalog.problems(whole, [product], case.location)
            if found:
                barred[pk] = found[product]
            else:
                claimed.add(product)
        going_on = True
        while going_on:
            able = [pk for pk in wanted if pk not in barred and pk not in lacking]
            whole = held | {self.pools[pk].product_id for pk in able}
            going_on = False
            for pk in wanted:
                if pk in barred:
                    continue
                product = self.pools[pk].product_id
                missing = self.catalog.products[product].requires - whole
                if missing:
                    found = self.catalog.problems(whole | {product}, [product], case.location)
                    barred[pk] = found[product]
                    going_on = True
        return barred

    def _requirements_first(self) -> list[int]:
        """Return the subscriptions in an order in which what another needs comes before it."""
        requires = {
            pk: self.catalog.products[pool.product_id].requires for pk, pool in self.pools.items()
        }
        ordered: list[int] = []
        left = sorted(self.pools)
        have: set[int] = set()
        while left:
            open_products = {self.pools[pk].product_id for pk in left}
            ready = [pk for pk in left if not requires[pk] & (open_products - have)] or left[:1]
            ordered += ready
            have |= {self.pools[pk].product_id for pk in ready}
            left = [pk for pk in left if pk not in ready]
        return ordered
