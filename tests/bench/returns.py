"""Delete and restore of 10,000 users with three licenses each, against bare SQL."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from accounts.services.users import delete_users, restore_users
from customers import scope
from customers.models import Customer
from customers.services.batches import new_key
from tests.bench.clock import Spent, median_elapsed, median_processor, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import STAFF
from tests.bench.stage import Stage

# The same state afterwards, in as few statements as it takes, with neither log nor batch.
BARE_DELETE = (
    """
    WITH released AS (
        UPDATE licensing_licenseassignment SET released_at = now()
        WHERE user_id = ANY (%(ids)s) AND released_at IS NULL RETURNING subscription_id
    ), counted AS (
        SELECT subscription_id, count(*) AS number FROM released GROUP BY 1
    )
    UPDATE licensing_subscription AS target SET assigned = assigned - number
    FROM counted WHERE subscription_id = target.id
    """,
    """
    UPDATE accounts_user SET username = NULL, domain_id = NULL, deleted_at = now(),
        deleted_by_id = %(actor)s, purge_after = now() + interval '30 days',
        session_epoch = session_epoch + 1
    WHERE id = ANY (%(ids)s) AND deleted_at IS NULL
    """,
    """
    UPDATE customers_customer SET active_users = active_users - %(number)s,
        deleted_users = deleted_users + %(number)s WHERE id = 1
    """,
)
BARE_RESTORE = (
    """
    WITH taken AS (
        INSERT INTO licensing_licenseassignment
            (subscription_id, user_id, customer_id, services_off, assigned_at)
        SELECT subscription_id, user_id, held.customer_id, services_off, now()
        FROM licensing_licenseassignment AS held JOIN accounts_user AS person
            ON person.id = user_id AND released_at = deleted_at
        WHERE user_id = ANY (%(ids)s) RETURNING subscription_id
    ), counted AS (
        SELECT subscription_id, count(*) AS number FROM taken GROUP BY 1
    )
    UPDATE licensing_subscription AS target SET assigned = assigned + number
    FROM counted WHERE subscription_id = target.id
    """,
    """
    UPDATE accounts_user SET username = lower(user_name), domain_id = 1, deleted_at = NULL,
        deleted_by_id = NULL, purge_after = NULL
    WHERE id = ANY (%(ids)s) AND purge_after > now()
    """,
    """
    UPDATE customers_customer SET active_users = active_users + %(number)s,
        deleted_users = deleted_users - %(number)s WHERE id = 1
    """,
)


def measure(stage: Stage) -> Iterator[Figure]:
    with stage.databases.copy_of(stage.work):
        living = list(User.objects.filter(customer=1).order_by("id"))
        half = len(living) // 2
        ours, theirs = living[:half], [user.pk for user in living[half : 2 * half]]
        spent = side_by_side(
            {
                "bare delete": partial(_bare, BARE_DELETE, theirs),
                "delete": partial(_delete, ours),
                "bare restore": partial(_bare, BARE_RESTORE, theirs),
                "restore": partial(_restore, ours),
            },
            rounds=stage.rounds,
        )
    for what in ("delete", "restore"):
        yield from _figures(what, spent[what], spent[f"bare {what}"], half)


def _bare(statements: tuple[str, ...], ids: list[int]) -> None:
    parameters: dict[str, Any] = {"ids": ids, "number": len(ids), "actor": STAFF}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)


# As the task that does it.
@scope.within(scope.TASKS)
def _delete(users: list[User]) -> None:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    delete_users(users, customer=customer, actor=actor, key=new_key())


@scope.within(scope.TASKS)
def _restore(users: list[User]) -> None:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    restore_users(users, customer=customer, actor=actor, key=new_key())


def _figures(what: str, spent: list[Spent], bare: list[Spent], number: int) -> Iterator[Figure]:
    name = f"{what} {number} people with 3 licenses each"
    yield at_most(4, name, median_elapsed(spent) / median_elapsed(bare), "x bare SQL")
    yield yardstick(f"{name}, elapsed", median_elapsed(spent), "s")
    ratio = median_processor(spent) / median_processor(bare)
    yield yardstick(f"{name}, processor time", ratio, "x bare SQL")
    yield yardstick(f"bare SQL: {name}", median_elapsed(bare), "s")
