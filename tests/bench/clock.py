"""Elapsed and processor time of this process and of the PostgreSQL that works for it."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Spent:
    elapsed: float
    processor: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.elapsed + other.elapsed, self.processor + other.processor)


def measure(work: Callable[[], object], repeat: int = 1) -> Spent:
    """What one call of the work takes; all statements go over Django's connection."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    web, database, started = time.process_time(), processor_time(backend), time.perf_counter()
    for _turn in range(repeat):
        work()
    elapsed = time.perf_counter() - started
    processor = time.process_time() - web + processor_time(backend) - database
    if connection.connection.info.backend_pid != backend:
        raise RuntimeError("The connection was replaced while it was measured.")
    return Spent(elapsed / repeat, processor / repeat)


def processor_time(process: int) -> float:
    """Seconds on a processor since the start of that process, to the nanosecond.

    /proc/<pid>/stat counts hundredths of a second, which is three empty pages. This is the
    clock of clock_getcpuclockid(3), whose number the kernel derives from the process's.
    """
    scheduler_clock = 2
    return time.clock_gettime((~process << 3) | scheduler_clock)


def side_by_side(
    works: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    repeat: int = 1,
    after: Mapping[str, Callable[[], object]] | None = None,
) -> dict[str, list[Spent]]:
    """Every work in turn, round after round, so that a busy moment hits all of them alike.

    What is to be done `after` a work of that name is not timed.
    """
    spent: dict[str, list[Spent]] = {name: [] for name in works}
    for _round in range(rounds):
        for name, work in works.items():
            spent[name].append(measure(work, repeat))
            if after and name in after:
                after[name]()
    return spent


def median_elapsed(spent: list[Spent]) -> float:
    return statistics.median(one.elapsed for one in spent)


def median_processor(spent: list[Spent]) -> float:
    return statistics.median(one.processor for one in spent)
