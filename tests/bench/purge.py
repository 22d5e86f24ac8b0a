"""The purge of 100,000 users with three assignments each, against bare batched DELETE.

Each turn has a copy of the same database, and the purge a process of its own, so that its
memory shows: `python -m tests.bench.purge` purges the database of DATABASE_URL.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.memory import peak_memory
from tests.bench.stage import Stage
from tests.support.postgres import application_url

# As the service does it, unless the machine is so busy that it takes fewer.
BATCH = 1_000
WATCH_EVERY = 0.01


@dataclass(frozen=True, slots=True)
class Purge:
    seconds: float
    megabytes: float
    longest_lock: float
    removed: int


def measure(stage: Stage) -> Iterator[Figure]:
    ours: list[Purge] = []
    bare: list[float] = []
    for _round in range(min(stage.rounds, 3)):
        with stage.databases.copy_of(stage.work) as url:
            bare.append(_purge_bare(url))
        with stage.databases.copy_of(stage.work) as url:
            ours.append(_purge_in_child(url))
    name = f"purge of {ours[0].removed} people with 3 assignments each"
    seconds = statistics.median(one.seconds for one in ours)
    yield at_most(3, name, seconds / statistics.median(bare), "x bare batched DELETE")
    yield at_most(150, f"{name}, memory", max(one.megabytes for one in ours), "MB")
    longest = statistics.median(one.longest_lock for one in ours)
    yield at_most(1, f"{name}, longest transaction", longest, "s")
    yield yardstick(f"{name}, elapsed", seconds, "s")
    yield yardstick(f"bare batched DELETE: {name}", statistics.median(bare), "s")


def _purge_bare(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as server:
        query = "SELECT id FROM accounts_user WHERE purge_after <= now() ORDER BY id"
        started = time.perf_counter()
        due = [pk for (pk,) in server.execute(query).fetchall()]
        for start in range(0, len(due), BATCH):
            batch = [due[start : start + BATCH]]
            with server.transaction():
                for table, column in (
                    ("licensing_licenseassignment", "user_id"),
                    ("accounts_user_groups", "user_id"),
                    ("accounts_user", "id"),
                ):
                    server.execute(f"DELETE FROM {table} WHERE {column} = ANY (%s)", batch)
        return time.perf_counter() - started


def _purge_in_child(url: str) -> Purge:
    environment = {**os.environ, "DATABASE_URL": application_url(url)}
    command = [sys.executable, "-m", "tests.bench.purge"]
    with _watch_transactions(url) as seen:
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        said = child.stdout.read()
        status = child.wait()
    if status:
        raise RuntimeError("The purge failed, see above.")
    result = json.loads(said)
    return Purge(result["seconds"], result["megabytes"], max(seen, default=0), result["removed"])


@contextmanager
def _watch_transactions(url: str) -> Iterator[list[float]]:
    """How old other sessions' transactions are, seen every hundredth of a second.

    A lock lives as long as its transaction at most.
    """
    seen: list[float] = []
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(url, seen, over))
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _watch(url: str, seen: list[float], over: threading.Event) -> None:
    query = (
        "SELECT extract(epoch FROM max(clock_timestamp() - xact_start))::float"
        " FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with psycopg.connect(url, autocommit=True) as server:
        while not over.wait(WATCH_EVERY):
            [(age,)] = server.execute(query).fetchall()
            seen.append(age or 0)


def _purge() -> None:
    import django

    django.setup()
    from accounts.services.users import purge_due_users
    from customers import scope

    scope.process.scope = scope.TASKS
    started = time.perf_counter()
    purged = purge_due_users()
    seconds = time.perf_counter() - started
    told = {"seconds": seconds, "removed": purged.removed, "megabytes": peak_memory()}
    print(json.dumps(told))


if __name__ == "__main__":
    _purge()
