"""A service runs in one transaction, which the database may ask for once more."""

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import errors

from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.services import audit
from customers.services.transactions import again, transactional
from tests.support.cast import Cast


class Flaky:
    """Fails with the given errors, then returns."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def operational(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def deadlock() -> OperationalError:
    if connection.vendor == "sqlite":
        return OperationalError("database is locked")
    return operational(errors.DeadlockDetected())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_victim_of_a_deadlock_is_done_again() -> None:
    verb = Flaky(deadlock(), deadlock())
    assert transactional(verb)() == "done"
    assert verb.calls == 3


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_busy_is_a_sentence() -> None:
    with pytest.raises(Refused, match="Try again in a moment"):
        transactional(Flaky(*[deadlock() for _number in range(3)]))()


@pytest.mark.django_db(transaction=True)
def test_any_other_error_of_the_database_comes_through() -> None:
    verb = Flaky(operational(errors.DiskFull()))
    with pytest.raises(OperationalError):
        transactional(verb)()
    assert verb.calls == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_outer_one_decides() -> None:
    verb = Flaky(deadlock())
    with pytest.raises(OperationalError), transaction.atomic():
        transactional(verb)()
    assert verb.calls == 1


def record(cast: Cast) -> None:
    audit.record(
        [audit.Entry(Action.CUSTOMER_CHANGED, cast.contoso)],
        actor=cast.alice,
        customer=cast.contoso,
    )


@pytest.mark.parametrize("error", [Refused("No.", code="busy"), ValueError("wrong")])
def test_what_a_service_raises_comes_through_and_leaves_nothing(
    cast: Cast, error: Exception
) -> None:
    @transactional
    def write() -> None:
        record(cast)
        raise error

    with pytest.raises(type(error)):
        write()
    assert not AuditEvent.objects.exists()


def test_arguments_and_result_are_the_services_own() -> None:
    @transactional
    def add(one: int, *, other: int) -> int:
        """Add two numbers."""
        return one + other

    assert (add.__name__, add.__doc__) == ("add", "Add two numbers.")


def test_within_another_transaction_a_refusal_takes_back_its_own_part(cast: Cast) -> None:
    @transactional
    def refuse() -> None:
        record(cast)
        raise Refused("No.", code="busy")

    @transactional
    def write() -> str:
        record(cast)
        with pytest.raises(Refused):
            refuse()
        return "done"

    assert write() == "done"
    assert AuditEvent.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "cause", [errors.SerializationFailure, errors.LockNotAvailable, errors.DeadlockDetected]
)
def test_a_service_knows_when_it_is_done_again(cause: type[Exception]) -> None:
    tries: list[bool] = []

    @transactional
    def once_more() -> None:
        tries.append(again.get())
        if len(tries) == 1:
            raise operational(cause())

    once_more()
    assert tries == [False, True]
    assert not again.get()
