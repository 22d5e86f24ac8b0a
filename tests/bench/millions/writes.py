"""What changes many users at once, and what runs at night; each on both sides in turn."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg

from partnerportal.schedule import SCHEDULE
from tests.bench.millions.filling import ALIKE, LARGEST
from tests.bench.millions.pairs import Pair
from tests.bench.millions.reads import Sides, compared
from tests.bench.millions.side import Side

MEGABYTE = 1e6
LIVING = "customer_id = %(customer)s AND deleted_at IS NULL"


def measure_uploads(sides: Sides, number: int) -> Iterator[Pair]:
    """Once: each leaves the table larger."""
    for part, customer in (("alike", ALIKE), ("largest", LARGEST)):
        turns: tuple[list[Any], list[Any]] = ([], [])
        # Users of other names than any earlier run has left.
        skipped = int(time.time()) * number
        for side, done in zip(sides, turns, strict=True):
            execute(side, "CHECKPOINT")
            done.append(side.ask("upload", number=number, customer=customer, skipped=skipped))
        name = f"upload of {number:,}"
        for what in ("checking", "doing"):
            small, large = ([one[what] for one in done] for done in turns)
            yield compared(part, f"{name}, {what}", "s", (small, large))
            yield _wal(part, f"{name}, {what}", (small, large))
        most = [max(one["megabytes"] for one in done) for done in turns]
        yield Pair(part, f"{name}, memory of the worker", "MB", most)


def measure_returns(sides: Sides, rounds: int, number: int) -> Iterator[Pair]:
    for part, customer in (("alike", ALIKE), ("largest", LARGEST)):
        yield from _returns(sides, part, customer, rounds, number)


def _returns(sides: Sides, part: str, customer: int, rounds: int, number: int) -> Iterator[Pair]:
    """Delete, restore, delete and purge the same users, who stand all over the customer."""
    chosen = [_spread(side, LIVING, number, customer=customer) for side in sides]
    found: dict[str, tuple[list[Any], list[Any]]] = {
        name: ([], []) for name in ("delete", "restore", "purge")
    }
    for turn in range(rounds):
        for place, side in enumerate(sides):
            ids = chosen[place]
            found["delete"][place].append(side.ask("delete", ids=ids, customer=customer))
            if turn < rounds - 1:
                found["restore"][place].append(side.ask("restore", ids=ids, customer=customer))
                continue
            make_due(side, ids)
            found["purge"][place].append(side.ask("task", name=PURGE))
    purged = found.pop("purge")
    for name, spent in found.items():
        if spent[0]:
            yield compared(part, f"{name} {number:,}", "s", spent)
            yield _wal(part, f"{name} {number:,}", spent)
    # Whoever else was due goes as well.
    yield _by_piece(part, "purge", purged)


def _wal(part: str, name: str, spent: tuple[list[Any], list[Any]]) -> Pair:
    written = [min(one["wal"] for one in of_side) / MEGABYTE for of_side in spent]
    return Pair(part, f"{name}, WAL", "MB", written, has_goal=False)


PURGE = "accounts.tasks.purge_deleted_users"


def measure_night(sides: Sides, number: int) -> Iterator[Pair]:
    """Each task as beat sends it; those whose work grows with the portal, by the piece."""
    for side in sides:
        due = "deleted_at IS NOT NULL AND purge_after > now()"
        make_due(side, _spread(side, due, number))
    for entry in SCHEDULE.values():
        name = str(entry["task"])
        small, large = ([side.ask("task", name=name)] for side in sides)
        yield _by_piece("night", name.replace(".tasks.", ": "), (small, large))
    for name in ("forget_oldest_names", "drop_oldest_events"):
        small, large = ([side.ask(name)] for side in sides)
        yield _by_piece("night", name.replace("_", " "), (small, large))


def _by_piece(part: str, name: str, spent: tuple[list[Any], list[Any]]) -> Pair:
    done = [of_side[0]["done"] for of_side in spent]
    if done[0] == done[1]:
        return compared(part, f"{name}, {done[0]:,} done", "s", spent)
    told = f"{name}, {done[0]:,} and {done[1]:,} done, by 10,000"
    return compared(part, told, "s", spent, 10_000, (done[0] or 1, done[1] or 1))


def _spread(side: Side, condition: str, number: int, **parameters: Any) -> list[int]:
    """The ids of so many users who fulfill it, from everywhere among all who do."""
    query = (
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n,"
        " count(*) OVER () AS total"
        f" FROM accounts_user WHERE {condition}) AS numbered"
        " WHERE n * %(number)s / total <> (n - 1) * %(number)s / total ORDER BY id"
    )
    with psycopg.connect(side.owner) as owner:
        return [pk for (pk,) in owner.execute(query, {"number": number, **parameters}).fetchall()]


def make_due(side: Side, ids: list[int]) -> None:
    with psycopg.connect(side.owner) as owner:
        owner.execute(
            "UPDATE accounts_user SET purge_after = greatest(deleted_at, now() - interval '1 hour')"
            " WHERE id = ANY (%s)",
            [ids],
        )


def execute(side: Side, statement: str) -> None:
    with psycopg.connect(side.owner, autocommit=True) as owner:
        owner.execute(statement)
