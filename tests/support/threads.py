"""Several people at once: threads with connections of their own that begin at the same moment."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from customers.errors import AlreadyDone, Refused

# How long each race is run again and again; `make torture` takes longer.
from tests.patience import PATIENCE

SECONDS = float(os.environ.get("TORTURE_SECONDS", "1"))
# What the rules may answer to the loser of a race. Anything else is a failure of the test.
ANSWERS = (Refused, AlreadyDone)


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned, or the refusal that it got, in the given order."""
    # Else the threads would not see what the test has made, and on SQLite wait for it to end.
    of_test = [block for block in connection.atomic_blocks if block._from_testcase]  # type: ignore[attr-defined]  # noqa: SLF001
    assert not of_test, "A race needs django_db(transaction=True)."
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            gate.wait(PATIENCE)
            return job()
        except ANSWERS as answer:
            return answer
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def refusals(results: Sequence[Any]) -> list[type[Exception]]:
    return [type(result) for result in results if isinstance(result, ANSWERS)]


def rounds() -> Iterator[int]:
    """Numbers, until the time of a race is over; how many there were shows in `make torture`."""
    end = time.monotonic() + SECONDS
    for number in itertools.count():
        yield number
        if time.monotonic() > end:
            print(f" {number + 1} rounds", end="")
            return


@contextmanager
def seen_meanwhile(look: Callable[[], Any]) -> Iterator[list[Any]]:
    """Yield what a look shows beside what is done within: each answer that is not the last one."""
    over, seen = threading.Event(), list[Any]()

    def watch() -> None:
        try:
            while not over.is_set():
                if (found := look()) not in seen[-1:]:
                    seen.append(found)
                over.wait(0.002)
        finally:
            connections.close_all()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
