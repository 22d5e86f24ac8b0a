"""Batches, bulk writes and the transaction around a verb."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import errors
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.users import block_users
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, AuditNames, BatchKind, BatchState, Outcome
from customers.services import audit, batches, bulk
from customers.services.transactions import transactional
from tests.accounts.verbs import crowd
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.log import log

UPDATED = (
    "department",
    "session_epoch",
    "must_change_password",
    "temporary_password_set_at",
    "changed_by_batch",
)


def open_batch(cast: Cast, key: str = "", kind: BatchKind = BatchKind.BLOCK) -> object:
    return batches.open_batch(kind, actor=cast.alice, customer=cast.contoso, key=key)


def test_keys_differ_and_say_nothing() -> None:
    keys = {batches.new_key() for _number in range(100)}
    assert {len(key) for key in keys} == {22}
    assert len(keys) == 100


def test_a_key_is_used_once(cast: Cast) -> None:
    first = open_batch(cast, "k")
    with pytest.raises(AlreadyDone) as caught:
        open_batch(cast, "k")
    assert caught.value.batch == first


def test_a_key_of_another_person_customer_or_deed_is_refused(cast: Cast) -> None:
    open_batch(cast, "k")
    with pytest.raises(Refused, match=r"^This form is no longer valid\. Load the page again\.$"):
        open_batch(cast, "k", BatchKind.DELETE)
    for actor, customer in ((cast.bob, cast.contoso), (cast.alice, cast.northwind)):
        with pytest.raises(Refused):
            batches.open_batch(BatchKind.BLOCK, actor=actor, customer=customer, key="k")


def test_a_closed_batch_counts_its_items(cast: Cast) -> None:
    batch = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    assert (batch.state, batch.finished_at) == (BatchState.RUNNING, None)
    people = UserFactory.create_batch(5, customer=cast.contoso)
    outcomes = [Outcome.DONE, Outcome.PARTLY, Outcome.SKIPPED, Outcome.FAILED, Outcome.DONE]
    items = [
        batches.item(batch, user, outcome=outcome)
        for user, outcome in zip(people, outcomes, strict=True)
    ]
    batches.close_batch(batch, items)
    batch.refresh_from_db()
    assert (batch.total, batch.done, batch.failed) == (5, 3, 2)
    assert batch.state == BatchState.DONE
    assert batch.finished_at


@pytest.mark.parametrize("number", [0, 3, bulk.SET_FROM])
def test_many_rows_and_few_are_written_alike(cast: Cast, number: int) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    text = 'a\tb\\N\n"c" é王 %s'
    rows = [
        AuditEvent(
            at=at,
            customer=cast.contoso,
            partner=cast.fabrikam,
            action=Action.USER_ADDED,
            target_id=place,
            reason=text,
            changes={"text": text, "number": place, "none": None},
        )
        for place in range(number)
    ]
    written = bulk.insert(AuditEvent, rows)
    assert [row.pk for row in written] == sorted(row.pk for row in rows)
    stored = list(AuditEvent.objects.order_by("pk"))
    assert stored == rows
    for place, row in enumerate(stored):
        assert (row.at, row.reason, row.target_id) == (at, text, place)
        assert row.changes == {"text": text, "number": place, "none": None}
        assert row.batch_id is None
    bulk.insert(AuditNames, [AuditNames(event_id=row.pk, actor=text) for row in rows])
    assert AuditNames.objects.filter(actor=text).count() == number


def test_the_log_names_people_as_they_were(cast: Cast) -> None:
    entry = audit.Entry(Action.USER_CHANGED, cast.uma)
    audit.record([entry], actor=None, customer=cast.contoso)
    assert (log()[0].target, log()[0].actor) == ("Uma (uma@contoso.example)", "")
    long = UserFactory.create(customer=cast.contoso, display_name="x" * 256, local_part="y" * 64)
    audit.record([audit.Entry(Action.USER_CHANGED, long)], actor=long, customer=cast.contoso)
    assert len(log()[1].target) == 300


def test_alike_events_of_many_are_written_on_any_database(cast: Cast) -> None:
    people = crowd(cast.contoso, bulk.SET_FROM)
    entries = [audit.Entry(Action.USER_BLOCKED, person) for person in people]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, reason="4711")
    events = AuditEvent.objects.select_related("names").order_by("pk")
    assert [(event.target_id, event.names.target, event.reason) for event in events] == [
        (person.pk, f"{person.display_name} ({person.user_name})", "4711") for person in people
    ]


@pytest.mark.parametrize("number", [3, bulk.SET_FROM])
def test_each_line_of_a_long_log_has_its_own_facts(cast: Cast, number: int) -> None:
    people = UserFactory.create_batch(number, customer=cast.contoso)
    entries = [
        audit.Entry(Action.USER_CHANGED, user, {"place": place}, {"name": ["é", f'"{place}']})
        for place, user in enumerate(people)
    ]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, reason="why")
    assert [(line.target, line.changes, line.personal) for line in log()] == [
        (f"{user} ({user.user_name})", {"place": place}, {"name": ["é", f'"{place}']})
        for place, user in enumerate(people)
    ]
    targets = AuditEvent.objects.filter(reason="why").order_by("pk").values_list("target_id")
    assert [pk for (pk,) in targets] == [user.pk for user in people]


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


def test_a_refused_verb_leaves_no_batch(cast: Cast) -> None:
    with pytest.raises(Refused):
        block_users([cast.gail], customer=cast.contoso, actor=cast.gail, key="k")
    open_batch(cast, "k")


@pytest.mark.parametrize("number", [0, 1, 7])
def test_rows_are_changed_each_to_its_own_values(cast: Cast, number: int) -> None:
    """Of every kind: text, number, truth, moment, reference, and none at all."""
    batch = open_batch(cast)
    people = UserFactory.create_batch(number, customer=cast.contoso)
    wanted = {}
    for place, person in enumerate(people):
        person.department = f"x{place},{{}}\"'\\ %s ä😀"
        person.session_epoch, person.must_change_password = place, place % 2 == 0
        person.temporary_password_set_at = None if place else datetime(2026, 2, 3, 4, tzinfo=UTC)
        person.changed_by_batch = None if place == 1 else batch  # type: ignore[assignment]
        wanted[person.pk] = tuple(getattr(person, name) for name in UPDATED)
        person.city = "not one of the fields"
    bulk.update(people, UPDATED)
    rows = User.objects.filter(pk__in=wanted)
    assert {row.pk: tuple(getattr(row, name) for name in UPDATED) for row in rows} == wanted
    assert {row.city for row in rows} <= {""}
    assert User.objects.get(pk=cast.uma.pk).department == ""


@pytest.mark.postgres
def test_many_rows_are_changed_by_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = UserFactory.create_batch(30, customer=cast.contoso)
    for size in (3, 30):
        with django_assert_num_queries(1):
            bulk.update(people[:size], UPDATED)
