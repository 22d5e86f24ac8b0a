"""32 assigners at once, against bare SQL: rate, and nobody oversold.

On one subscription, where they wait for each other's commits, and on one each, where they do not.
"""

import functools
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.synchronize import Barrier
from statistics import median

from django.db import connection, transaction

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from customers import scope
from customers.models import Customer
from customers.services.batches import new_key
from licensing.errors import SeatsShort
from licensing.models import LicenseAssignment, Product, Subscription
from tests.bench.figures import Figure, at_least, at_most, yardstick
from tests.bench.licenses import GIVEN, subscription
from tests.bench.population import PARTNER, STAFF, insert, run
from tests.bench.stage import Stage

ASSIGNERS = 32
Assign = Callable[[int, int], bool]


def measure(stage: Stage) -> Iterator[Figure]:
    turns = stage.users(40, 2)
    with stage.databases.copy_of(stage.work):
        one, each = [subscription(GIVEN)], _subscriptions(ASSIGNERS)
        races = list(itertools.product((one, each), (_bare, _service)))
        rates: dict[tuple[int, Assign], list[float]] = {}
        oversold = 0
        for _round in range(stage.rounds):
            for pools, assign in races:
                rate, over = _race(assign, pools, turns)
                rates.setdefault((len(pools), assign), []).append(rate)
                oversold += over
    yield from _figures({race: median(found) for race, found in rates.items()}, oversold)


def _figures(rates: dict[tuple[int, Assign], float], oversold: int) -> Iterator[Figure]:
    name = f"seats under {ASSIGNERS} assigners"
    apart = f"{name}, a subscription each"
    unit = "x the rate of bare SQL"
    yield at_least(0.5, name, rates[1, _service] / rates[1, _bare], unit)
    yield at_most(0, f"{name}, oversold", oversold, "seats")
    yield yardstick(f"{name}, rate", rates[1, _service], "/s")
    yield yardstick(f"bare SQL: {name}, rate", rates[1, _bare], "/s")
    yield yardstick(apart, rates[ASSIGNERS, _service] / rates[ASSIGNERS, _bare], unit)
    yield yardstick(f"{apart}, rate", rates[ASSIGNERS, _service], "/s")
    yield yardstick(f"bare SQL: {apart}, rate", rates[ASSIGNERS, _bare], "/s")


def _subscriptions(number: int) -> list[int]:
    """So many of the first customer, each to a product of its own."""
    first = Product.objects.latest("pk").pk + 1
    source = f"FROM generate_series({first}, {first + number - 1}) AS n"
    insert(Product, source, id="n", sku="'OWN' || n", name="'Own ' || n", blocked_countries="'[]'")
    insert(
        Subscription,
        source,
        id=f"n - {first} + (SELECT max(id) + 1 FROM licensing_subscription)",
        customer_id="1",
        product_id="n",
        quantity="0",
        status="'active'",
        starts_on="current_date",
        renews_on="current_date",
    )
    own = Subscription.objects.filter(customer=1, product__gte=first)
    return list(own.order_by("pk").values_list("pk", flat=True))


def _race(assign: Assign, pools: Sequence[int], turns: int) -> tuple[float, int]:
    """Attempts a second, and how many seats more are taken than there are.

    There are seats for seven of eight, so that the end of the pool is raced for as well.
    """
    users = list(
        User.objects.filter(customer=1)
        .order_by("id")
        .values_list("id", flat=True)[: ASSIGNERS * turns]
    )
    seats = len(users) * 7 // 8 // len(pools)
    # What is done once in the life of a process is done before it forks.
    assign(pools[0], users[0])
    run("DELETE FROM licensing_licenseassignment WHERE subscription_id = ANY (%s)", [pools])
    run(
        "UPDATE licensing_subscription SET assigned = 0, quantity = %s WHERE id = ANY (%s)",
        [seats, pools],
    )
    shares = [(pools[number % len(pools)], users[number::ASSIGNERS]) for number in range(ASSIGNERS)]
    elapsed = _run_together(assign, shares)
    over = 0
    for pool in Subscription.objects.filter(pk__in=pools):
        live = LicenseAssignment.objects.live().filter(subscription=pool).count()
        if live != pool.assigned or live < seats:
            raise RuntimeError(f"{live} assignments, {pool.assigned} counted, {seats} wanted.")
        over += live - seats
    return len(users) / elapsed, over


def _run_together(assign: Assign, shares: Sequence[tuple[int, list[int]]]) -> float:
    """Seconds from the common start until the last of them has ended."""
    connection.close()
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(len(shares) + 1), context.Barrier(len(shares) + 1)
    processes = [
        context.Process(target=_take_turns, args=(assign, *share, ready, done)) for share in shares
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


def _take_turns(assign: Assign, pool: int, users: list[int], ready: Barrier, done: Barrier) -> None:
    connection.ensure_connection()
    try:
        ready.wait(60)
        for user in users:
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


# As a page of that customer does it, who has looked up the customer and its visitor before.
@scope.within(scope.Scope(scope.WEB, partner=PARTNER, at=1))
def _service(pool: int, user: int) -> bool:
    customer, actor = _visit()
    change = {pool: LicenseChange(have=True)}
    try:
        change_licenses([user], change, customer=customer, actor=actor, key=new_key())
    except SeatsShort:
        return False
    return True


@functools.cache
def _visit() -> tuple[Customer, User]:
    return Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
