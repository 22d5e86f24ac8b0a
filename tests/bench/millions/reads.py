"""Pages on both sides, in turn: of the largest customer, of one that is alike, of all."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.millions.filling import ALIKE, LARGEST
from tests.bench.millions.pairs import Pair
from tests.bench.millions.side import Side
from tests.bench.population import STAFF, SUPPORT

Sides = tuple[Side, Side]
REPEAT = 4
# A page that takes longer is opened once a round.
LONG = 1.0
VISITED = 200


def measure(sides: Sides, rounds: int) -> Iterator[Pair]:
    for part, customer in (("alike", ALIKE), ("largest", LARGEST)):
        small, large = (side.ask("pages", customer=customer) for side in sides)
        yield from _pages(sides, part, (small, large), STAFF, rounds)
    small, large = (side.ask("other_pages") for side in sides)
    for part, user in (("partner", STAFF), ("support", SUPPORT)):
        yield from _pages(sides, part, (small[part], large[part]), user, rounds)
    yield from _strolls(sides, rounds)


def _pages(
    sides: Sides,
    part: str,
    addresses: tuple[Mapping[str, str], Mapping[str, str]],
    user: int,
    rounds: int,
) -> Iterator[Pair]:
    for name in addresses[0]:
        own = [addresses[0][name], addresses[1][name]]
        # The first visit reads what memory does not hold yet, and is not what is compared.
        first = [
            side.ask("page", address=address, user=user)
            for side, address in zip(sides, own, strict=True)
        ]
        seen = [
            side.ask("look", address=address, user=user)
            for side, address in zip(sides, own, strict=True)
        ]
        queries = [one["queries"] for one in seen]
        if queries[0] != queries[1]:
            name = f"{name} ({queries[0]} and {queries[1]} queries)"
        repeat = 1 if max(one["elapsed"] for one in first) > LONG else REPEAT
        spent: tuple[list[Any], list[Any]] = ([], [])
        for _round in range(rounds):
            for side, address, of_side in zip(sides, own, spent, strict=True):
                of_side.append(side.ask("page", address=address, user=user, repeat=repeat))
        yield compared(part, name, "ms", spent, 1_000)


def compared(
    part: str,
    name: str,
    unit: str,
    spent: tuple[list[dict[str, float]], list[dict[str, float]]],
    factor: float = 1,
    per: tuple[float, float] = (1, 1),
) -> Pair:
    """Of all rounds the quickest: whatever else the machine does can only add to it."""
    elapsed = [
        min(one["elapsed"] for one in of_side) * factor / divisor
        for of_side, divisor in zip(spent, per, strict=True)
    ]
    small, large = (
        min(one["portal"] + one["database"] for one in of_side) / divisor
        for of_side, divisor in zip(spent, per, strict=True)
    )
    return Pair(part, name, unit, *elapsed, processor=large / small)


def _strolls(sides: Sides, rounds: int) -> Iterator[Pair]:
    """Anybody's pages, opened once each: much of it is in no memory."""
    found: tuple[list[Any], list[Any]] = ([], [])
    for number in range(rounds):
        for side, of_side in zip(sides, found, strict=True):
            of_side.append(side.ask("stroll", number=VISITED, seed=number))
    for name in found[0][0]:
        spent = tuple([one[name] for one in of_side] for of_side in found)
        small, large = ([one for one in of_side] for of_side in spent)
        yield compared(
            "anybody", f"{name}, {VISITED} of them once each", "ms", (small, large), 1_000
        )
        for what in ("portal", "database"):
            costs = [min(one[what] for one in of_side) * 1_000 for of_side in spent]
            yield Pair("anybody", f"{name}, a core of the {what}", "ms", *costs, has_goal=False)
    signed = tuple(
        [side.ask("sign_in", number=1_000, seed=n) for n in range(rounds)] for side in sides
    )
    yield compared("anybody", "finding a sign-in name", "ms", (signed[0], signed[1]), 1_000)
