"""32 assigners at once on one subscription, against bare SQL: rate, and nobody oversold."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from statistics import median

from django.db import connection, transaction

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from customers import scope
from customers.models import Customer
from customers.services.batches import new_key
from licensing.errors import SeatsShort
from licensing.models import LicenseAssignment, Subscription
from tests.bench.figures import Figure, at_least, at_most, yardstick
from tests.bench.licenses import GIVEN, subscription
from tests.bench.population import PARTNER, STAFF, run
from tests.bench.stage import Stage

ASSIGNERS = 32
Assign = Callable[[int, int], bool]


def measure(stage: Stage) -> Iterator[Figure]:
    turns = stage.people(40, 2)
    with stage.databases.copy_of(stage.work):
        pool = subscription(GIVEN)
        rates: dict[str, list[float]] = {"bare": [], "service": []}
        oversold = 0
        for _round in range(stage.rounds):
            for name, assign in (("bare", _bare), ("service", _service)):
                rate, over = _race(assign, pool, turns)
                rates[name].append(rate)
                oversold += over
    name = f"seats under {ASSIGNERS} assigners"
    ratio = median(rates["service"]) / median(rates["bare"])
    yield at_least(0.5, name, ratio, "x the rate of bare SQL")
    yield at_most(0, f"{name}, oversold", oversold, "seats")
    yield yardstick(f"{name}, rate", median(rates["service"]), "/s")
    yield yardstick(f"bare SQL: {name}, rate", median(rates["bare"]), "/s")


def _race(assign: Assign, pool: int, turns: int) -> tuple[float, int]:
    """Attempts a second, and how many seats more are taken than there are.

    There are seats for seven of eight, so that the end of the pool is raced for as well.
    """
    people = list(
        User.objects.filter(customer=1).order_by("id").values_list("id", flat=True)[: 32 * turns]
    )
    seats = len(people) * 7 // 8
    # What is done once in the life of a process is done before it forks.
    assign(pool, people[0])
    run("DELETE FROM licensing_licenseassignment WHERE subscription_id = %s", [pool])
    run(
        "UPDATE licensing_subscription SET assigned = 0, quantity = %s WHERE id = %s", [seats, pool]
    )
    shares = [people[number::ASSIGNERS] for number in range(ASSIGNERS)]
    elapsed = _run_together(assign, pool, shares)
    live = LicenseAssignment.objects.live().filter(subscription=pool).count()
    counted = Subscription.objects.get(pk=pool).assigned
    if live != counted or counted < seats:
        raise RuntimeError(f"{live} assignments, {counted} counted, {seats} seats wanted by more.")
    return len(people) / elapsed, live - seats


def _run_together(assign: Assign, pool: int, shares: list[list[int]]) -> float:
    """Seconds from the common start until the last of them has ended."""
    connection.close()
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(len(shares) + 1), context.Barrier(len(shares) + 1)
    processes = [
        context.Process(target=_take_turns, args=(assign, pool, share, ready, done))
        for share in shares
    ]
    for process in processes:
        process.start()
    ready.wait(60)
    started = time.perf_counter()
    done.wait(300)
    elapsed = time.perf_counter() - started
    for process in processes:
        process.join()
    return elapsed


def _take_turns(
    assign: Assign, pool: int, people: list[int], ready: Barrier, done: Barrier
) -> None:
    connection.ensure_connection()
    try:
        ready.wait(60)
        for user in people:
            assign(pool, user)
        done.wait(300)
    except BaseException:
        done.abort()
        raise
    finally:
        connection.close()


def _bare(pool: int, user: int) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE licensing_subscription SET assigned = assigned + 1"
            " WHERE id = %s AND assigned < quantity",
            [pool],
        )
        if not cursor.rowcount:
            return False
        cursor.execute(
            "INSERT INTO licensing_licenseassignment"
            " (subscription_id, user_id, customer_id, services_off, assigned_at)"
            " VALUES (%s, %s, 1, '[]', now())",
            [pool, user],
        )
    return True


# As a page of that customer does it, whose person was looked up before.
@scope.within(scope.Scope(scope.WEB, partner=PARTNER, at=1))
def _service(pool: int, user: int) -> bool:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    change = {pool: LicenseChange(have=True)}
    try:
        person = User.objects.get(pk=user)
        change_licenses([person], change, customer=customer, actor=actor, key=new_key())
    except SeatsShort:
        return False
    return True
