"""The activity log: what its seals cost those who write, and how fast they are made and proved."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from statistics import median

from django.db import connection, transaction

from accounts.models import User
from customers.actions import Action
from customers.log.verification import Verification
from customers.models import AuditSeal, Batch, BatchKind, Customer
from customers.services import audit
from customers.services.sealing import seal_events
from tests.bench.figures import Figure, at_least, at_most, yardstick
from tests.bench.population import STAFF
from tests.bench.stage import Stage

WRITERS = 4
SECONDS = 3.0
CHUNK = 5_000


def measure(stage: Stage) -> Iterator[Figure]:
    rows = stage.users(100_000, 1_000)
    seconds = max(0.2, SECONDS * stage.scale)
    with stage.databases.copy_of(stage.work):
        seal_events()
        rates: dict[str, list[float]] = {"alone": [], "sealed": []}
        for _round in range(stage.rounds):
            rates["alone"].append(_rate(seconds))
            rates["sealed"].append(_rate(seconds, _seal_all_the_time))
        _write(rows)
        started = time.perf_counter()
        sealed = seal_events()
        sealing = time.perf_counter() - started
        started = time.perf_counter()
        found = Verification()
        wrong = list(found.findings())
        verifying = time.perf_counter() - started
        proved = sum(tally.events for tally in found.tallies)
        seals = AuditSeal.objects.count()
    name = f"activity log, {WRITERS} writers"
    ratio = median(rates["sealed"]) / median(rates["alone"])
    yield at_least(0.9, f"{name}, sealed all the time", ratio, "x the rate without seals")
    yield yardstick(f"{name}, rate without seals", median(rates["alone"]), "/s")
    yield yardstick("activity log, sealed", sealed / sealing, "events/s")
    yield yardstick("activity log, proved", proved / verifying, "events/s")
    yield yardstick("activity log, seals proved", seals, "seals")
    yield at_most(0, "activity log, findings", len(wrong), "findings")


def _write(rows: int) -> None:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    for start in range(0, rows, CHUNK):
        with transaction.atomic():
            batch = Batch.objects.create(kind=BatchKind.CHANGE, customer=customer, key=f"b{start}")
            targets = [(pk, f"Person {pk}") for pk in range(start, min(rows, start + CHUNK))]
            changes = {"usage_location": ["SE", "NO"]}
            group = audit.Alike(Action.USER_CHANGED, targets, changes)
            audit.record_alike([group], target=User, actor=actor, customer=customer, batch=batch)


def _rate(seconds: float, beside: Callable[[Event], None] | None = None) -> float:
    """Events a second, each in a transaction of its own, by writers who do nothing else."""
    connection.close()
    context = multiprocessing.get_context("fork")
    over, count = context.Event(), context.Value("q", 0)
    jobs = [context.Process(target=_keep_writing, args=(over, count)) for _ in range(WRITERS)]
    if beside:
        jobs.append(context.Process(target=beside, args=(over,)))
    for job in jobs:
        job.start()
    started = time.perf_counter()
    time.sleep(seconds)
    over.set()
    elapsed = time.perf_counter() - started
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise RuntimeError("A writer or the sealer ended with an error, see above.")
    return float(count.value / elapsed)


def _keep_writing(over: Event, count: "Synchronized[int]") -> None:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    entry = audit.Entry(Action.CUSTOMER_CHANGED, customer, {"country": ["SE", "NO"]})
    written = 0
    while not over.is_set():
        with transaction.atomic():
            audit.record([entry], actor=actor, customer=customer)
        written += 1
    with count.get_lock():
        count.value += written
    connection.close()


def _seal_all_the_time(over: Event) -> None:
    """As beat does it each minute, but every second: sixty times as often."""
    while not over.wait(1):
        seal_events()
    connection.close()
