"""What is about all of a portal, by the million users: its rules, a dump, its size on disk."""

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from tests.bench.millions.pairs import Pair
from tests.bench.millions.reads import Sides, compared
from tests.bench.millions.side import Side
from tests.support.postgres import Postgres

MEGABYTE, MILLION = 1e6, 1e6
SIZES = """
SELECT
    CASE WHEN parent.relname IN ('accounts_user', 'accounts_user_groups') THEN 'people'
        WHEN parent.relname LIKE 'licensing!_%' ESCAPE '!' THEN 'licenses'
        WHEN parent.relname LIKE 'customers!_audit%' ESCAPE '!' THEN 'activity log'
        WHEN parent.relname LIKE 'customers!_batch%' ESCAPE '!' THEN 'batches'
        ELSE 'the rest' END AS what,
    CASE WHEN part.relname = 'user_search' THEN 'index of names'
        WHEN part.relkind = 'i' THEN 'indexes' ELSE 'rows' END AS kind,
    sum(pg_relation_size(part.oid))::float
FROM pg_class AS part
LEFT JOIN pg_index ON indexrelid = part.oid
JOIN pg_class AS parent ON parent.oid = coalesce(indrelid, part.oid)
WHERE part.relkind IN ('r', 'i') AND parent.relnamespace = 'public'::regnamespace
GROUP BY 1, 2 ORDER BY 1, 2 DESC
"""


def measure_sizes(sides: Sides) -> Iterator[Pair]:
    millions = _millions(sides)
    sizes = [_sizes(side) for side in sides]
    for what, kind in sizes[0]:
        each = [of_side[what, kind] / MEGABYTE for of_side in sizes]
        by_million = [size / number for size, number in zip(each, millions, strict=True)]
        yield Pair("disk", f"{what}, {kind}", "MB a million", by_million)
    all_of_them = [sum(of_side.values()) / MEGABYTE for of_side in sizes]
    yield Pair("disk", "all", "MB", all_of_them, has_goal=False)


def measure_rules(sides: Sides) -> Iterator[Pair]:
    spent = [side.ask("invariants") for side in sides]
    both = ([spent[0]], [spent[1]])
    yield compared("whole", "check_invariants", "s a million", both, 1, _millions(sides))


def measure_dump(sides: Sides, server: Postgres) -> Iterator[Pair]:
    millions = _millions(sides)
    dumps = [_dump(side, server) for side in sides]
    both = ([dumps[0].spent], [dumps[1].spent])
    yield compared("whole", "a dump", "s a million", both, 1, millions)
    sizes = [dump.size / MEGABYTE / number for dump, number in zip(dumps, millions, strict=True)]
    yield Pair("whole", "a dump, its size", "MB a million", sizes)


def _millions(sides: Sides) -> tuple[float, float]:
    small, large = (side.portal.users / MILLION for side in sides)
    return small, large


def _sizes(side: Side) -> dict[tuple[str, str], float]:
    with psycopg.connect(side.owner) as owner:
        return {(what, kind): size for what, kind, size in owner.execute(SIZES).fetchall()}


@dataclass(frozen=True, slots=True)
class Dump:
    spent: dict[str, float]
    size: float


def _dump(side: Side, server: Postgres) -> Dump:
    """As docs/operations.md says; the processor time is pg_dump's, which packs it."""
    file = server.folder / "run" / "portal.dump"
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        server.run("pg_dump", "--format=custom", f"--file={file}", f"--dbname={side.owner}")
        elapsed = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        packed = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        unknown = {"database": 0.0, "disk": 0.0}
        spent = {"elapsed": elapsed, "work": packed, "portal": packed, **unknown}
        return Dump(spent, file.stat().st_size)
    finally:
        file.unlink(missing_ok=True)
