"""Schedules whose time has come: begun once, by what is so then, whatever happens beside."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import block_users, delete_users
from accounts.services.users.purging import remove_users
from automation.models import Schedule, ScheduleState
from automation.services import due_running
from automation.services.due_running import run_due, run_schedule
from automation.services.schedules import cancel_schedule, move, run_now
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchState, Via
from customers.roles import Role
from customers.services import batches
from tests.accounts.verbs import fresh, subscribe
from tests.automation.services.scheduling import begun, in_days, later, scheduled
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast
from tests.support.threads import rounds, together


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test's worker might take the batches."""
    monkeypatch.setattr(due_running, "send_batch", lambda _pk: None)


def test_what_is_due_is_done_and_what_is_not_waits(cast: Cast) -> None:
    made = scheduled(cast, reason="Ticket 7")
    waiting = scheduled(cast, cast.gail, due=in_days(9))
    assert run_due() == 0
    [batch] = begun()
    made.refresh_from_db()
    waiting.refresh_from_db()
    assert (made.state, made.batch, bool(made.ended_at)) == (ScheduleState.BEGUN, batch, True)
    assert (batch.state, batch.via, batch.by, batch.done) == ("done", Via.SCHEDULE, cast.alice, 1)
    assert (batch.reason, fresh(cast.uma).blocked_by) == ("Ticket 7", cast.alice)
    assert (waiting.state, fresh(cast.gail).blocked_at) == (ScheduleState.WAITING, None)
    assert run_due(later()) == 0
    assert violations() == []


def test_what_could_not_be_done_to_some_is_said_of_each(cast: Cast) -> None:
    made = scheduled(cast, cast.uma, cast.gail)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    [batch] = begun()
    assert (batch.state, batch.done) == (BatchState.DONE, 1)
    assert (batch.failed, batch.already) == (0, 1)
    assert batch.items.get(user=cast.uma).reason == "Already blocked."
    made.refresh_from_db()
    assert made.state == ScheduleState.BEGUN


def lose_role(cast: Cast, alice: User) -> None:
    alice.groups.clear()


def lose_customer(cast: Cast, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(limited_to_customers=True)


def be_blocked(cast: Cast, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(blocked_at="2026-01-01T00:00Z")


def be_removed(cast: Cast, alice: User) -> None:
    Schedule.objects.update(by=None)


@pytest.mark.parametrize(
    "happens, why",
    [
        (lose_role, "The role of Alice, who scheduled this, can no longer do it."),
        (lose_customer, "This customer is no longer open to Alice, who scheduled this."),
        (be_blocked, "Alice, who scheduled this, has been blocked or deleted."),
        (be_removed, "The account of the user who scheduled this no longer exists."),
    ],
)
def test_who_scheduled_it_must_still_be_allowed_to(
    cast: Cast, happens: Callable[[Cast, User], None], why: str
) -> None:
    made = scheduled(cast)
    happens(cast, cast.alice)
    assert begun() == []
    made.refresh_from_db()
    assert (made.state, made.refusal) == (ScheduleState.FAILED, f"{why} Nothing was changed.")
    assert made.ended_at is not None
    event = AuditEvent.objects.select_related("names").get(action="schedule.failed")
    assert (event.target_id, event.actor_id) == (made.pk, None)
    assert event.names.changes["why"] == made.refusal
    assert fresh(cast.uma).blocked_at is None


def test_a_batch_that_is_refused_fails_the_schedule(cast: Cast) -> None:
    """Nobody remains to whom it could be done, or the seats are gone by then."""
    made = scheduled(cast)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    [batch] = begun()
    made.refresh_from_db()
    assert (batch.state, made.state) == (BatchState.FAILED, ScheduleState.FAILED)
    assert made.refusal == batch.refusal != ""
    assert AuditEvent.objects.filter(action="schedule.failed").count() == 1


def test_seats_are_counted_when_it_is_due(cast: Cast) -> None:
    User.objects.update(usage_location="US")
    pool = subscribe(cast, "Teams", quantity=1)
    request: dict[str, Any] = {
        "changes": {str(pool.pk): LicenseChange(have=True).as_json()},
        "as_many_as_fit": False,
    }
    made = scheduled(cast, kind="licenses", request=request)
    other = UserFactory.create(customer=cast.contoso, usage_location="US")
    change_licenses(
        [other], {pool.pk: LicenseChange(have=True)}, customer=cast.contoso, actor=cast.alice
    )
    begun()
    made.refresh_from_db()
    assert made.state == ScheduleState.FAILED
    assert "Teams" in made.refusal
    assert violations() == []


def test_users_who_are_gone_for_good_are_not_missed(cast: Cast) -> None:
    made = scheduled(cast, cast.uma, cast.gail)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert list(made.items.values_list("user", flat=True)) == [cast.gail.pk]
    delete_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    begun()
    made.refresh_from_db()
    assert made.refusal == "These users have been deleted permanently."


def test_a_batch_canceled_while_it_waits_cancels_the_schedule(cast: Cast) -> None:
    made = scheduled(cast)
    run_due(later())
    made.refresh_from_db()
    assert made.batch is not None
    running.cancel(made.batch, actor=cast.gail)
    made.refresh_from_db()
    assert (made.state, made.refusal) == (ScheduleState.CANCELED, "Canceled by Gail.")


def test_no_form_can_take_the_key_of_a_schedule(cast: Cast) -> None:
    """A key comes with a form, and could be made up: not that of a schedule."""
    made = scheduled(cast)
    batches.open_batch(
        made.kind,  # type: ignore[arg-type]
        actor=cast.alice,
        customer=cast.contoso,
        key=f"schedule-{made.pk}",
    )
    [batch] = begun()
    assert batch.state == BatchState.DONE


def test_a_fault_of_ours_fails_one_and_not_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = scheduled(cast, cast.gail)
    made = scheduled(cast)
    begin = due_running.begin

    def stumble(schedule: Schedule, actor: User) -> Batch:
        if schedule.pk == faulty.pk:
            raise ZeroDivisionError
        return begin(schedule, actor)

    monkeypatch.setattr(due_running, "begin", stumble)
    assert run_due(later()) == 1
    states = dict(Schedule.objects.values_list("pk", "state"))
    assert states == {faulty.pk: "failed", made.pk: "begun"}


def test_a_database_that_is_away_leaves_it_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(schedule: Schedule, actor: User) -> Batch:
        raise OperationalError("the connection is lost")

    made = scheduled(cast)
    monkeypatch.setattr(due_running, "begin", away)
    with pytest.raises(OperationalError):
        run_due(later())
    made.refresh_from_db()
    assert made.state == ScheduleState.WAITING


def test_a_worker_killed_while_it_begins_has_begun_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scheduled(cast)
    monkeypatch.setattr(due_running, "transaction", _Dying())
    with pytest.raises(_Dying.Killed):
        run_due(later())
    monkeypatch.undo()
    made.refresh_from_db()
    assert (made.state, Batch.objects.count()) == (ScheduleState.WAITING, 0)
    [batch] = begun()
    assert batch.state == BatchState.DONE
    assert AuditEvent.objects.filter(action="user.blocked").count() == 1


class _Dying:
    """The end of a transaction that is never reached."""

    class Killed(BaseException):
        pass

    def on_commit(self, _do: object) -> None:
        raise self.Killed


def test_a_task_that_is_lost_is_sent_again(cast: Cast, settings: Settings) -> None:
    scheduled(cast)
    run_due(later())
    Batch.objects.update(created_at="2026-01-01T00:00Z")
    sent: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "send_batch", sent.append)
        assert running.requeue_batches() == 1
    assert sent == [Batch.objects.get().pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_workers_begin_it_once(cast: Cast) -> None:
    for _round in rounds():
        made = scheduled(cast)
        counts = together(*[lambda: run_due(later())] * 3)
        assert sum(counts) == 1
        made.refresh_from_db()
        assert made.state == ScheduleState.BEGUN
    assert Batch.objects.count() == Schedule.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_cancel_move_run_now_and_the_worker_one_wins_and_all_are_told(cast: Cast) -> None:
    colleague = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    for _round in rounds():
        made = scheduled(cast)
        answers = together(
            partial(run_schedule, made.pk, later()),
            partial(cancel_schedule, made, actor=cast.alice),
            partial(move, made, in_days(20), actor=cast.gail),
            partial(run_now, made, actor=colleague),
        )
        made.refresh_from_db()
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert {answer.code for answer in refused} <= {"schedule-begun", "schedule-over"}
        began = Batch.objects.filter(schedule=made).count()
        assert began == (made.state == ScheduleState.BEGUN)
        assert made.state in {ScheduleState.BEGUN, ScheduleState.CANCELED}
        assert isinstance(answers[1], Refused) == (made.state == ScheduleState.BEGUN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_clicks_schedule_once(cast: Cast) -> None:
    for number in rounds():
        made = together(*[lambda key=f"k{number}": scheduled(cast, key=key)] * 3)
        assert len({each.pk for each in made}) == 1
