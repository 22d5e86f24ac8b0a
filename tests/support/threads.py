"""Several people at once: threads with connections of their own that begin at the same moment."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from customers.errors import AlreadyDone, Refused

# How long each race is run again and again; `make torture` takes longer.
from tests.patience import PATIENCE

SECONDS = float(os.environ.get("TORTURE_SECONDS", "1"))
# What the rules may answer to the loser of a race. Anything else is a failure of the test.
ANSWERS = (Refused, AlreadyDone)


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned, or the refusal that it got, in the given order."""
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
