"""A change of many: done by a task, once, whatever happens to the worker."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from pytest_django import Settings

from accounts.actions.base import Order
from accounts.actions.block import BLOCK
from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.queue import nobody_sent
from accounts.services.users import block_users
from customers import progress
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, BatchKind, BatchState
from customers.services import batches
from tests.accounts.verbs import crowd, fresh
from tests.factories import UserFactory
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast
from tests.support.servers import Worker
from tests.support.threads import together


@pytest.fixture
def many(cast: Cast, settings: Settings) -> list[User]:
    """Three users of Contoso, which is more than a page waits for here."""
    settings.PEOPLE_AT_ONCE = 2
    return UserFactory.create_batch(3, customer=cast.contoso)


def perform(cast: Cast, users: list[User], *, key: str = "", kind: str = "block") -> Batch:
    ids = [user.pk for user in users]
    return running.perform(BatchKind(kind), ids, customer=cast.contoso, actor=cast.alice, key=key)


def leave(cast: Cast, users: list[User], kind: str = "block") -> Batch:
    """As perform, but no task is sent: another test's worker might take it."""
    ids = [user.pk for user in users]
    return batches.leave_batch(BatchKind(kind), ids, actor=cast.alice, customer=cast.contoso)


def wait_until_done() -> None:
    waiting = Batch.objects.filter(state=BatchState.WAITING)
    wait_for(lambda: not waiting.exists(), "The last batch")


def blocked(users: list[User]) -> list[bool]:
    return [fresh(user).blocked_at is not None for user in users]


def test_few_users_are_done_at_once(cast: Cast, many: list[User]) -> None:
    users = many[:2]
    batch = perform(cast, users)
    assert (batch.state, batch.done) == (BatchState.DONE, 2)
    assert blocked(users) == [True, True]


def test_many_users_wait_for_a_task_that_does_them_once(cast: Cast, many: list[User]) -> None:
    batch = perform(cast, many)
    assert (batch.state, batch.total, blocked(many)) == (BatchState.WAITING, 3, [False] * 3)
    assert running.run_batch(batch.pk)
    assert not running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.failed, batch.users) == (BatchState.DONE, 3, 0, [])
    assert blocked(many) == [True] * 3
    assert AuditEvent.objects.filter(batch_id=batch.pk).count() == 3
    assert violations() == []


def test_a_second_click_finds_the_batch_that_waits(cast: Cast, many: list[User]) -> None:
    batch = perform(cast, many, key="k")
    with pytest.raises(AlreadyDone) as caught:
        perform(cast, many, key="k")
    assert caught.value.batch == batch


def test_a_refusal_ends_the_batch_with_its_reason(cast: Cast, many: list[User]) -> None:
    batch = perform(cast, many)
    cast.alice.groups.clear()
    assert not running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert batch.refusal.startswith("Your role can't do this.")
    assert blocked(many) == [False] * 3


def test_a_user_who_asked_may_be_gone(cast: Cast, many: list[User]) -> None:
    batch = perform(cast, many)
    Batch.objects.filter(pk=batch.pk).update(by=None)
    assert not running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.refusal == "The account of the user who asked for this no longer exists."


def test_a_database_that_is_away_leaves_the_batch_waiting(
    cast: Cast, many: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(order: Order) -> Batch:
        raise OperationalError("the connection is lost")

    batch = perform(cast, many)
    monkeypatch.setattr(BLOCK, "run", away)
    with pytest.raises(OperationalError):
        running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING


def test_a_fault_of_ours_ends_the_batch_and_changes_nothing(
    cast: Cast, many: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(order: Order) -> Batch:
        block_users(order.users, **order.terms)
        raise ZeroDivisionError

    batch = perform(cast, many)
    monkeypatch.setattr(BLOCK, "run", faulty)
    with pytest.raises(ZeroDivisionError):
        running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, blocked(many)) == (BatchState.FAILED, [False] * 3)


def test_progress_is_told_while_it_runs_and_gone_afterwards(cast: Cast) -> None:
    assert progress.share_done(7) is None
    with progress.watching(7, work=4):
        assert progress.share_done(7) == 0
        progress.advance(1)
    assert progress.share_done(7) is None
    progress.advance(1)


def test_progress_never_says_all_before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    with progress.watching(7, work=4):
        progress.advance(1)
        assert progress.share_done(7) == 0.25
        progress.advance(40)
        assert progress.share_done(7) == 0.99


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_batch_under_way_is_nobody_elses(cast: Cast, many: list[User]) -> None:
    batch = leave(cast, many)
    results = together(*[lambda: running.run_batch(batch.pk)] * 4)
    # An earlier test's Celery worker may be the fifth.
    assert sum(results) <= 1
    wait_until_done()
    assert AuditEvent.objects.filter(batch_id=batch.pk).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_was_silent_for_a_minute_and_is_sent_again_is_done_once(
    cast: Cast, many: list[User]
) -> None:
    """Its worker is alive: it hashes, or waits for a lock. Beat can't know, and asks a second."""
    batch = leave(cast, many, "reset")
    Batch.objects.filter(pk=batch.pk).update(created_at="2026-01-01T00:00:00Z")

    def work() -> bool:
        try:
            return running.run_batch(batch.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic(), nobody_sent():
            # On SQLite this holds the one writer besides.
            User.objects.select_for_update(no_key=True).get(pk=many[-1].pk)
            first = pool.submit(work)
            wait_for(lambda: progress.share_done(batch.pk) is not None, "The worker")
            cache.clear()
            assert running.requeue_batches() == 1
            second = pool.submit(work)
            if connection.vendor == "postgresql":
                assert not second.result(PATIENCE)
                assert not first.done()
        assert {first.result(PATIENCE), second.result(PATIENCE)} == {True, False}
    assert AuditEvent.objects.filter(batch_id=batch.pk).count() == 3
    assert [fresh(user).session_epoch for user in many] == [1, 1, 1]
    assert violations() == []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_passwords_are_hashed_before_sqlites_one_writer_is_held(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    batch = leave(cast, UserFactory.create_batch(5, customer=cast.contoso), "reset")
    shares: list[float | None] = []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("BEGIN"):
            shares.append(progress.share_done(batch.pk))
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        assert running.run_batch(batch.pk)
    assert shares[0] is not None
    assert shares[0] > 0.9


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_was_left_to_it(cast: Cast, many: list[User], worker: Worker) -> None:
    batch = perform(cast, many)
    wait_for(lambda: Batch.objects.filter(pk=batch.pk, state=BatchState.DONE).exists(), "The batch")
    assert blocked(many) == [True] * 3


@pytest.mark.django_db(transaction=True)
def test_a_double_click_leaves_one_batch(cast: Cast, many: list[User], worker: Worker) -> None:
    results = together(*[lambda: perform(cast, many, key="k")] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDone", "Batch"]
    wait_for(lambda: Batch.objects.filter(state=BatchState.DONE).exists(), "The batch")
    assert Batch.objects.count() == 1
    assert AuditEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_partners_at_once_on_the_same_users_both_come_to_an_end(
    cast: Cast, many: list[User]
) -> None:
    first, second = leave(cast, many), leave(cast, many[::-1], "delete")
    together(lambda: running.run_batch(first.pk), lambda: running.run_batch(second.pk))
    wait_until_done()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, second.done) == (BatchState.DONE, 3)
    # The one who came second finds them deleted: then it is refused as a whole, with the names.
    assert first.state in {BatchState.DONE, BatchState.FAILED}
    assert blocked(many) == [first.state == BatchState.DONE] * 3
    assert ("has been deleted by Alice" in first.refusal) == (first.state == BatchState.FAILED)
    assert violations() == []


def test_only_batches_that_nobody_works_on_are_sent_again(cast: Cast, many: list[User]) -> None:
    old, fresh_one, moving = (perform(cast, many) for _number in range(3))
    Batch.objects.filter(pk__in=[old.pk, moving.pk]).update(created_at="2026-01-01T00:00:00Z")
    with progress.watching(moving.pk, work=3):
        assert running.requeue_batches() == 1
    assert running.requeue_batches() == 2
    batches.refuse_batch(old.pk, "No.")
    assert running.requeue_batches() == 1
    assert fresh_one.state == BatchState.WAITING


def test_a_waiting_batch_is_not_taken_twice_in_one_transaction(
    cast: Cast, many: list[User]
) -> None:
    batch = perform(cast, many)
    with transaction.atomic():
        taken = batches.take_batch(batch.pk)
        assert taken == batch
    batches.refuse_batch(batch.pk, "No.")
    assert batches.take_batch(batch.pk) is None


def test_a_refused_or_canceled_restore_keeps_none_of_the_names(
    cast: Cast, many: list[User]
) -> None:
    refused, canceled = (
        batches.leave_batch(
            BatchKind.RESTORE,
            [user.pk for user in many],
            actor=cast.alice,
            customer=cast.contoso,
            request={"names": {str(many[0].pk): "ann.ek@contoso.example"}, "skip": []},
        )
        for _number in range(2)
    )
    # Nobody of them is deleted.
    assert not running.run_batch(refused.pk)
    running.cancel(canceled, actor=cast.alice)
    for batch, state in ((refused, BatchState.FAILED), (canceled, BatchState.CANCELED)):
        batch.refresh_from_db()
        assert (batch.state, batch.request) == (state, {"skip": []})


def test_refused_verbs_say_so_at_once_for_few(cast: Cast, many: list[User]) -> None:
    users = many[:1]
    perform(cast, users, kind="delete")
    with pytest.raises(Refused, match="has been deleted by"):
        perform(cast, users)


def test_short_passwords_of_more_than_a_few_are_hashed_by_a_task(cast: Cast) -> None:
    few, many = ([user.pk for user in crowd(cast.contoso, number)] for number in (50, 51))
    for users, state in ((few, BatchState.DONE), (many, BatchState.WAITING)):
        batch = running.perform(BatchKind.RESET, users, customer=cast.contoso, actor=cast.alice)
        assert (len(users), batch.state) == (len(users), state)
