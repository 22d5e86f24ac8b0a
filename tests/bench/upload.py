"""An upload of 100,000 people with one license and a temporary password each.

The yardstick is COPY of the same users and assignments, ready in a file, into the same tables.
Each turn has a copy of the same database, and ours a process of its own, so that its memory shows:
`python -m tests.bench.upload 100000` adds so many to the database of DATABASE_URL.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tests.bench.figures import Figure, at_least, at_most, yardstick
from tests.bench.memory import peak_memory
from tests.bench.stage import Stage

CHUNK = 5_000
# Of the first customer, with a product that nobody holds.
CUSTOMER, PRODUCT = 1, 4
# What stock is measured at; the rest is scaled, as it works row by row.
STOCK_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Doing:
    seconds: float
    megabytes: float


def measure(stage: Stage) -> Iterator[Figure]:
    number, fewer = stage.people(100_000, 400), stage.people(10_000, 200)
    ours: list[Doing] = []
    copies: list[float] = []
    for _round in range(min(stage.rounds, 3)):
        with stage.databases.copy_of(stage.work) as url:
            ours.append(_do_in_child(url, number))
            files = _written()
        with stage.databases.copy_of(stage.work):
            copies.append(_copy(files))
    with stage.databases.copy_of(stage.work) as url:
        few = _do_in_child(url, fewer)
    with stage.databases.copy_of(stage.work):
        stock = _stock(stage.people(STOCK_ROWS, 20)) * number
    yield from _figures(number, ours, statistics.median(copies), few)
    seconds = statistics.median(one.seconds for one in ours)
    yield yardstick(f"stock, {number} people with a license each, scaled", stock, "s")
    name = f"doing an upload of {number} people"
    yield at_least(50, f"{name}, against stock", stock / seconds, "times as fast")


def _figures(number: int, ours: list[Doing], copy: float, few: Doing) -> Iterator[Figure]:
    name = f"doing an upload of {number} people"
    seconds = statistics.median(one.seconds for one in ours)
    yield yardstick(f"COPY of {number} users with a license each", copy, "s")
    yield at_most(2.5, name, seconds / copy, "x COPY")
    yield yardstick(f"{name}, elapsed", seconds, "s")
    most = max(one.megabytes for one in ours)
    yield at_most(400, f"{name}, memory", most, "MB")
    yield at_most(1.3, f"{name}, memory", most / few.megabytes, "x that of a tenth")


def _do_in_child(url: str, number: int) -> Doing:
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "tests.bench.upload", str(number)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Doing(**json.loads(done.stdout))


def _written() -> dict[str, bytes]:
    """What the upload wrote, as files for COPY by "table (columns)"; without its batch."""
    from accounts.models import User
    from customers.models import Batch
    from licensing.models import LicenseAssignment

    batch = Batch.objects.latest("pk").pk
    of_batch = f"SELECT user_id FROM customers_batchitem WHERE batch_id = {batch}"
    files = {}
    for model, key in ((User, "id"), (LicenseAssignment, "user_id")):
        names = [str(column.column) for column in model._meta.concrete_fields]
        columns = ", ".join(name for name in names if name != "changed_by_batch_id")
        table = model._meta.db_table
        query = f"SELECT {columns} FROM {table} WHERE {key} IN ({of_batch}) ORDER BY id"
        files[f"{table} ({columns})"] = _dumped(query)
    return files


def _dumped(query: str) -> bytes:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(map(bytes, copy))


def _copy(files: dict[str, bytes]) -> float:
    from django.db import connection, transaction

    connection.ensure_connection()
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in files.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
    return time.perf_counter() - started


def _stock(number: int) -> float:
    """Seconds a person: looked at, then imported, and then the licenses once more so."""
    from accounts.models import User
    from tests.bench.stock import import_licenses, import_users

    new = list(islice(_people(number), number))
    started = time.perf_counter()
    import_users(
        [(person.user_name, person.display_name, *person.fields.values()) for person in new],
        columns=list(new[0].fields),
        customer=CUSTOMER,
    )
    seconds = time.perf_counter() - started
    names = [person.user_name for person in new]
    ids = list(User.objects.filter(username__in=names).values_list("pk", flat=True))
    [taken] = new[0].licenses
    started = time.perf_counter()
    import_licenses(ids, subscription=taken.subscription_id, customer=CUSTOMER)
    return (seconds + time.perf_counter() - started) / number


def _people(number: int) -> "Iterator[NewUser]":
    from customers.models import Domain
    from licensing.models import Subscription
    from tests.bench.people import FIRST_NAMES, LAST_NAMES, pairs

    domain = Domain.objects.get(customer=CUSTOMER, is_primary=True)
    taken = Subscription.objects.only("pk").get(customer=CUSTOMER, product=PRODUCT)
    first, last = pairs(FIRST_NAMES), pairs(LAST_NAMES)
    for n in range(number):
        given, latin = first[(n + n // 100) % len(first)]
        family, latin_family = last[n % len(last)]
        yield NewUser(
            f"{latin}.{latin_family}.new{n}",
            domain,
            f"{given} {family}",
            {
                "first_name": given,
                "last_name": family,
                "job_title": "Consultant",
                "department": f"Department {n % 30}",
                "city": "Berlin",
                "usage_location": "DE",
            },
            licenses=(License(taken.pk),),
        )


def _chunks(number: int) -> "Iterator[list[NewUser]]":
    people = _people(number)
    while chunk := list(islice(people, CHUNK)):
        yield chunk


def _do(number: int) -> None:
    from django.db import transaction

    from accounts.models import User
    from customers.models import BatchKind, Customer
    from customers.services import batches
    from licensing.models import Subscription
    from tests.bench.population import STAFF

    enough = Subscription.objects.filter(customer=CUSTOMER, product=PRODUCT)
    enough.update(quantity=number * 2)
    customer, actor = Customer.objects.get(pk=CUSTOMER), User.objects.get(pk=STAFF)
    started = time.perf_counter()
    with transaction.atomic():
        batch = batches.open_batch(BatchKind.UPLOAD, actor=actor, customer=customer)
        write_people(_chunks(number), total=number, customer=customer, actor=actor, batch=batch)
        batches.finish_batch(batch)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "megabytes": peak_memory()}))


if __name__ == "__main__":
    import django

    django.setup()

from accounts.services.users import License, NewUser, write_people  # noqa: E402 - after the setup

if __name__ == "__main__":
    _do(int(sys.argv[1]))
