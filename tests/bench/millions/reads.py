"""Pages on both sides, in turn: of the largest customer, of one that is alike, of all."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.millions.filling import ALIKE, LARGEST, OTHER_STAFF
from tests.bench.millions.pairs import Pair
from tests.bench.millions.side import Side
from tests.bench.population import STAFF, SUPPORT

Sides = tuple[Side, Side]
Spent = dict[str, float]
Both = tuple[list[Spent], list[Spent]]
Addresses = Mapping[str, str]
REPEAT = 4
# A page that takes longer is opened once a round.
LONG = 0.2
VISITED = 200
NAMES = 1_000


def measure_alike(sides: Sides, rounds: int) -> Iterator[Pair]:
    return _of_customer(sides, "alike", ALIKE, rounds)


def measure_largest(sides: Sides, rounds: int) -> Iterator[Pair]:
    return _of_customer(sides, "largest", LARGEST, rounds)


def _of_customer(sides: Sides, part: str, customer: int, rounds: int) -> Iterator[Pair]:
    small, large = (side.ask("pages", customer=customer) for side in sides)
    return _pages(sides, part, (small, large), STAFF, rounds)


def measure_others(sides: Sides, rounds: int) -> Iterator[Pair]:
    small, large = (side.ask("other_pages") for side in sides)
    of_partner = small["partner"], large["partner"]
    yield from _pages(sides, "partner of the largest", of_partner, STAFF, rounds)
    yield from _pages(sides, "another partner", of_partner, OTHER_STAFF, rounds)
    yield from _pages(sides, "support", (small["support"], large["support"]), SUPPORT, rounds)


def measure_anybody(sides: Sides, rounds: int) -> Iterator[Pair]:
    yield from _strolls(sides, rounds)
    names: Both = ([], [])
    for number in range(rounds):
        for side, found in zip(sides, names, strict=True):
            found.append(side.ask("sign_in", number=NAMES, seed=number))
    yield compared("anybody", "finding a sign-in name", "ms", names, 1_000)


def _pages(
    sides: Sides, part: str, addresses: tuple[Addresses, Addresses], user: int, rounds: int
) -> Iterator[Pair]:
    for name in addresses[0]:
        pages = [
            (side, {"address": own[name], "user": user})
            for side, own in zip(sides, addresses, strict=True)
        ]
        # The first visit reads what memory does not hold yet, and is not what is compared.
        longest = max(side.ask("page", **page)["work"] for side, page in pages)
        queries = {side.ask("queries", **page) for side, page in pages}
        spent: Both = ([], [])
        for _round in range(rounds):
            for (side, page), found in zip(pages, spent, strict=True):
                repeat = 1 if longest > LONG else REPEAT
                found.append(side.ask("page", **page, repeat=repeat))
        told = name if len(queries) == 1 else f"{name} ({sorted(queries)} queries)"
        yield compared(part, told, "ms", spent, 1_000)


def compared(
    part: str,
    name: str,
    unit: str,
    spent: Both,
    factor: float = 1,
    per: tuple[float, float] = (1, 1),
) -> Pair:
    """Of all rounds the quickest: whatever else the machine does can only add to it."""
    small, large = (
        {
            what: min(one[what] for one in found) * factor / divisor
            for what in ("work", "portal", "database", "disk", "elapsed")
        }
        for found, divisor in zip(spent, per, strict=True)
    )
    return Pair(part, name, unit, [small["work"], large["work"]], (small, large))


def _strolls(sides: Sides, rounds: int) -> Iterator[Pair]:
    """Anybody's pages, opened once each: much of it is in no memory."""
    found: tuple[list[Any], list[Any]] = ([], [])
    for number in range(rounds):
        for side, of_side in zip(sides, found, strict=True):
            of_side.append(side.ask("stroll", number=VISITED, seed=number))
    for name in found[0][0]:
        small, large = ([one[name] for one in of_side] for of_side in found)
        told = f"{name}, {VISITED} of them once each"
        yield compared("anybody", told, "ms", (small, large), 1_000)
