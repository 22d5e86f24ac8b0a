"""An upload of 100,000 users with one license and a temporary password each.

The yardstick is bare COPY: of the same users and assignments, ready in a file, into copies of the
tables that have primary keys alone, which is the limit of the machine. COPY into the portal's own
tables tells beside it what their indexes and constraints cost.
Each turn has a copy of the same database, and ours a process of its own, so that its memory shows:
`python -m tests.bench.upload 100000` adds so many to the database of DATABASE_URL.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice
from typing import TypeVar

from tests.bench.clock import Spent, median_elapsed, median_processor
from tests.bench.clock import measure as measured
from tests.bench.figures import Figure, at_least, at_most, yardstick
from tests.bench.memory import peak_memory
from tests.bench.stage import Stage
from tests.support.postgres import application_url

# Of the first customer, with a product that nobody holds.
CUSTOMER, PRODUCT = 1, 4
# What stock is measured at; the rest is scaled, as it works row by row.
STOCK_ROWS = 1_000
Time = TypeVar("Time")
# What the names of the bare tables begin with.
BARE = "bare_"


@dataclass(frozen=True, slots=True)
class Turn:
    """From the file to the confirmation page, and from Confirm to Users added."""

    checking: Spent
    doing: Spent
    megabytes: float


def measure(stage: Stage) -> Iterator[Figure]:
    # More than have short passwords, which are hashed slowly, at any scale.
    number, fewer = stage.users(100_000, 600), stage.users(10_000, 510)
    ours: list[Turn] = []
    bare: list[Spent] = []
    copies: list[Spent] = []
    for _round in range(min(stage.rounds, 3)):
        with stage.databases.copy_of(stage.work) as url:
            ours.append(_do_in_child(url, number))
            files = _written()
        with stage.databases.copy_of(stage.work):
            _make_bare_tables(files)
            bare.append(_copy({f"{BARE}{table}": rows for table, rows in files.items()}))
            copies.append(_copy(files))
    with stage.databases.copy_of(stage.work) as url:
        few = _do_in_child(url, fewer)
    with stage.databases.copy_of(stage.work):
        stock = _stock(stage.users(STOCK_ROWS, 20), number)
    name = f"upload of {number} people"
    checking, doing = [one.checking for one in ours], [one.doing for one in ours]
    both = [a + b for a, b in zip(checking, doing, strict=True)]
    yield yardstick(f"bare COPY of {number} users with a license each", median_elapsed(bare), "s")
    yield yardstick(f"COPY of {number} users with a license each", median_elapsed(copies), "s")
    for what, goal, spent in (("checking", 8, checking), ("doing", 12, doing), ("both", 20, both)):
        yield from _figures(goal, f"{name}: {what}", spent, bare)
        ratio = median_elapsed(spent) / median_elapsed(copies)
        yield yardstick(f"{name}: {what}, against COPY", ratio, "x COPY")
    most = max(one.megabytes for one in ours)
    yield at_most(400, f"{name}: memory", most, "MB")
    yield at_most(1.3, f"{name}: memory", most / few.megabytes, "x that of a tenth")
    yield from _against_stock(name, both, stock)


def _figures(goal: float, name: str, ours: list[Spent], bare: list[Spent]) -> Iterator[Figure]:
    elapsed = median_elapsed(ours)
    yield at_most(goal, name, elapsed / median_elapsed(bare), "x bare")
    yield yardstick(f"{name}, elapsed", elapsed, "s")
    ratio = median_processor(ours) / median_processor(bare)
    yield yardstick(f"{name}, processor time", ratio, "x bare")


def _against_stock(name: str, both: list[Spent], stock: Spent) -> Iterator[Figure]:
    yield yardstick(f"stock, {name} with a license each, scaled", stock.elapsed, "s")
    faster = stock.elapsed / median_elapsed(both)
    yield at_least(70, f"{name}: both, against stock", faster, "times as fast")
    ratio = stock.processor / median_processor(both)
    yield yardstick(f"{name}: both, processor time", ratio, "times less than stock")


def _do_in_child(url: str, number: int) -> Turn:
    environment = {**os.environ, "DATABASE_URL": application_url(url)}
    command = [sys.executable, "-m", "tests.bench.upload", str(number)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    return Turn(Spent(*told["checking"]), Spent(*told["doing"]), told["megabytes"])


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


def _make_bare_tables(files: Iterable[str]) -> None:
    """Beside the tables of these files, with their columns and a primary key, and no more."""
    from tests.bench.population import run

    for file in files:
        table = file.partition(" ")[0]
        run(f"CREATE TABLE {BARE}{table} (LIKE {table}, PRIMARY KEY (id))")


def _copy(files: dict[str, bytes]) -> Spent:
    from django.db import connection, transaction

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in files.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)

    return measured(copy)


def _stock(number: int, scaled_to: int) -> Spent:
    """Each row looked at, then imported; first the users, then their licenses."""
    from accounts.models import User
    from tests.bench.portal.stock import import_licenses, import_users

    new = list(islice(_users(number), number))
    rows = [(one.user_name, one.display_name, *one.fields.values()) for one in new]
    [taken] = new[0].licenses

    def work() -> None:
        import_users(rows, columns=list(new[0].fields), customer=CUSTOMER)
        added = User.objects.filter(username__in=[one.user_name for one in new])
        ids = list(added.values_list("pk", flat=True))
        import_licenses(ids, subscription=taken.subscription_id, customer=CUSTOMER)

    spent = measured(work)
    return Spent(spent.elapsed / number * scaled_to, spent.processor / number * scaled_to)


def _users(number: int, customer: int = CUSTOMER, skipped: int = 0) -> "Iterator[NewUser]":
    from customers.models import Domain
    from licensing.models import Subscription
    from tests.bench.names import FIRST_NAMES, LAST_NAMES, pairs

    domain = Domain.objects.get(customer=customer, is_primary=True)
    taken = Subscription.objects.only("pk").get(customer=customer, product=PRODUCT)
    first, last = pairs(FIRST_NAMES), pairs(LAST_NAMES)
    for n in range(skipped, skipped + number):
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


def _file(number: int, customer: int, skipped: int) -> bytes:
    """As a partner has it: the 365 admin center's headings, and what each shall have."""
    from licensing.models import Subscription

    taken = Subscription.objects.select_related("product")
    product = taken.get(customer=customer, product=PRODUCT).product.name
    lines = [
        (
            "User Name,First Name,Last Name,Display Name,Job Title,Department,City,"
            "Country or Region,Subscriptions"
        )
    ]
    for user in _users(number, customer, skipped):
        of = user.fields
        lines.append(
            f"{user.user_name},{of['first_name']},{of['last_name']},{user.display_name},"
            f"{of['job_title']},{of['department']},{of['city']},{of['usage_location']},{product}"
        )
    return "\r\n".join(lines).encode()


def do(
    number: int, clock: Callable[[Callable[[], object]], Time], whose: int, skipped: int = 0
) -> tuple[Time, Time]:
    """What checking and doing took by that clock; `skipped` are whom earlier turns have added."""
    from django.core.files.base import ContentFile
    from django.db.models import F

    from accounts.models import User
    from accounts.services.running import run_batch
    from customers.models import Customer
    from licensing.models import Subscription
    from tests.bench.population import STAFF
    from uploads.services import (
        Options,
        Short,
        check_upload,
        confirm_upload,
        fingerprint,
        receive_upload,
    )

    enough = Subscription.objects.filter(customer=whose, product=PRODUCT)
    enough.update(quantity=F("assigned") + number * 2)
    customer, actor = Customer.objects.get(pk=whose), User.objects.get(pk=STAFF)
    file = ContentFile(_file(number, whose, skipped), "people.csv")
    key = f"bench-{whose}-{skipped}"
    upload = receive_upload(file, Options(), customer=customer, actor=actor, key=key)
    file.close()
    checking = clock(lambda: check_upload(upload.pk))
    upload.refresh_from_db()
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=actor)
    doing = clock(lambda: run_batch(batch.pk))
    batch.refresh_from_db()
    assert batch.done == number, batch.refusal
    return checking, doing


if __name__ == "__main__":
    import django

    from customers import scope

    django.setup()
    scope.process.scope = scope.TASKS

from accounts.services.users import License, NewUser  # noqa: E402 - after the setup

if __name__ == "__main__":
    checking, doing = do(int(sys.argv[1]), measured, CUSTOMER)
    told = {"checking": astuple(checking), "doing": astuple(doing), "megabytes": peak_memory()}
    print(json.dumps(told))
