"""A license change for 10,000 users, and its undo, against COPY of the same assignments."""

from collections.abc import Iterator
from functools import partial

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import undo_batch
from customers import scope
from customers.models import Batch, Customer
from customers.services.batches import new_key
from licensing.models import LicenseAssignment, Subscription
from tests.bench.clock import Spent, median_elapsed, median_processor, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import PRODUCTS, STAFF, run
from tests.bench.stage import Stage

# Everyone holds the first three: these are free to give.
GIVEN, SWAPPED, COPIED = 4, 5, 6
COLUMNS = ("subscription_id", "user_id", "customer_id", "services_off", "assigned_at")


def measure(stage: Stage) -> Iterator[Figure]:
    with stage.databases.copy_of(stage.work):
        users = first_users(stage)
        change = partial(_change, users)
        rows = copy_rows(users, COPIED)
        spent = side_by_side(
            {
                "COPY": partial(copy_assignments, rows),
                "assign": partial(change, {GIVEN: True}),
                "undo of assign": _undo_last,
                "swap": partial(change, {GIVEN: False, SWAPPED: True}),
                "undo of swap": _undo_last,
                "revoke": partial(change, {GIVEN: False}),
            },
            rounds=stage.rounds,
            after={"COPY": _remove_copied, "undo of assign": partial(change, {GIVEN: True})},
        )
    yield from _figures(spent, len(users))


def first_users(stage: Stage) -> list[User]:
    return list(User.objects.filter(customer=1).order_by("id")[: stage.users(10_000, 100)])


def subscription(product: int) -> int:
    """The first customer's subscription to that product."""
    assert product <= len(PRODUCTS)
    return Subscription.objects.only("pk").get(customer=1, product=product).pk


# As the task that does it.
@scope.within(scope.TASKS)
def _change(users: list[User], wishes: dict[int, bool]) -> None:
    changes = {subscription(pk): LicenseChange(have=have) for pk, have in wishes.items()}
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    change_licenses(users, changes, customer=customer, actor=actor, key=new_key())


@scope.within(scope.TASKS)
def _undo_last() -> None:
    batch, actor = Batch.objects.latest("pk"), User.objects.get(pk=STAFF)
    # Whoever waits for it, a page or a task: the work is the same.
    with override_settings(PEOPLE_AT_ONCE=batch.total):
        undo_batch(batch, actor=actor, key=new_key())


def copy_rows(users: list[User], product: int) -> bytes:
    """The assignments as a file for COPY has them."""
    now, seat = timezone.now().isoformat(), subscription(product)
    return "".join(f"{seat}\t{user.pk}\t1\t[]\t{now}\n" for user in users).encode()


def copy_assignments(rows: bytes) -> None:
    table = LicenseAssignment._meta.db_table
    statement = f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows)


def _remove_copied() -> None:
    seat = subscription(COPIED)
    run("DELETE FROM licensing_licenseassignment WHERE subscription_id = %s", [seat])


def _figures(spent: dict[str, list[Spent]], number: int) -> Iterator[Figure]:
    copy = spent.pop("COPY")
    yield yardstick(f"COPY of {number} assignments", median_elapsed(copy), "s")
    for what, one in spent.items():
        name = f"{what} licenses, {number} people"
        yield at_most(4, name, median_elapsed(one) / median_elapsed(copy), "x COPY")
        yield yardstick(f"{name}, elapsed", median_elapsed(one), "s")
        ratio = median_processor(one) / median_processor(copy)
        yield yardstick(f"{name}, processor time", ratio, "x COPY")
