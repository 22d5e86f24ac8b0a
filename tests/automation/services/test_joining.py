"""What waits for the first day: licenses and passwords come on it, wherever it is moved."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actions.start import CHANGE_START
from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services.running import perform
from accounts.services.undo import undo_batch
from accounts.services.users import License, NewUser, add_users, delete_users
from accounts.services.users.new_users import SeatsUntil, Start
from accounts.services.users.starting import change_start
from accounts.services.users.starts import today_of
from automation.models import PlanKind, Schedule, SchedulePlan, ScheduleState
from automation.services import schedules
from automation.services.due_running import run_due
from automation.services.joining import move_joining, plan_joining
from licensing.models import Subscription
from tests.accounts.verbs import fresh, held, subscribe
from tests.automation.services.scheduling import begun, later
from tests.support.cast import Cast, make_cast
from tests.support.threads import together


def join(cast: Cast, *names: str, pool: Subscription, days: int = 7, **more: object) -> list[User]:
    """These start in a week, and their seats are reserved."""
    domain = cast.contoso.domains.get()
    on = today_of(cast.contoso) + timedelta(days=days)
    seats = more.pop("seats", SeatsUntil.RESERVE)
    start = Start(on, seats, **more)  # type: ignore[arg-type]
    licenses = (License(pool.pk, ("CHAT",)),)
    new = [
        NewUser(name, domain, name.title(), {"usage_location": "US"}, (), licenses, start)
        for name in names
    ]
    return list(add_users(new, customer=cast.contoso, actor=cast.alice).users)


def seats(pool: Subscription) -> tuple[int, int]:
    row = Subscription.objects.get(pk=pool.pk)
    return row.assigned, row.reserved


def test_reserved_seats_become_licenses_on_the_day(cast: Cast) -> None:
    pool = subscribe(cast, quantity=2)
    users = join(cast, "jo", "kim", pool=pool)
    plan = SchedulePlan.objects.get()
    assert (plan.kind, plan.by, plan.customer) == (PlanKind.JOIN, cast.alice, cast.contoso)
    [waiting] = plan.schedules.all()
    assert waiting.kind == "licenses"
    assert set(waiting.users.all()) == set(users)
    assert "jo" not in str(waiting.request).lower()
    assert begun(later(5)) == []
    [batch] = begun()
    assert (batch.done, batch.failed) == (2, 0)
    assert [held(user) for user in users] == [[("Teams", ["CHAT"])]] * 2
    assert seats(pool) == (2, 0)
    assert violations() == []


def test_nothing_waits_where_all_was_done_today(cast: Cast) -> None:
    join(cast, "jo", pool=subscribe(cast), seats=SeatsUntil.NOW)
    assert not SchedulePlan.objects.exists()


def test_without_a_reservation_as_many_get_it_as_there_are_seats(cast: Cast) -> None:
    pool = subscribe(cast, quantity=1)
    join(cast, "jo", "kim", pool=pool, seats=SeatsUntil.THEN)
    [batch] = begun()
    assert (batch.done, batch.failed) == (1, 1)
    assert batch.items.get(outcome="failed").reason == "Teams: no seats left."
    assert seats(pool) == (1, 0)


def test_passwords_are_made_on_the_day_for_who_asked(cast: Cast) -> None:
    pool = subscribe(cast)
    [user] = join(cast, "jo", pool=pool, seats=SeatsUntil.NOW, password_then=True)
    assert not CredentialSheet.objects.exists()
    begun()
    sheet = CredentialSheet.objects.get()
    assert (sheet.by, sheet.users) == (cast.alice, 1)
    assert fresh(user).must_change_password
    assert violations() == []


def test_what_waits_moves_with_the_first_day(cast: Cast) -> None:
    pool = subscribe(cast)
    users = join(cast, "jo", "kim", pool=pool)
    on = today_of(cast.contoso) + timedelta(days=9)
    change_start(users, on, customer=cast.contoso, actor=cast.alice)
    assert [(row.on, row.items.count()) for row in Schedule.objects.all()] == [(on, 2)]
    assert seats(pool) == (0, 2)
    # Of one of them alone: from then on they are two.
    sooner = today_of(cast.contoso) + timedelta(days=2)
    change_start(users[:1], sooner, customer=cast.contoso, actor=cast.alice)
    found = Schedule.objects.order_by("on")
    assert [(row.on, [user.pk for user in row.users.all()]) for row in found] == [
        (sooner, [users[0].pk]),
        (on, [users[1].pk]),
    ]
    assert {row.plan_id for row in found} == {SchedulePlan.objects.get().pk}
    begun(later(10))
    assert seats(pool) == (2, 0)
    assert violations() == []


def test_who_starts_now_gets_it_now(cast: Cast) -> None:
    pool = subscribe(cast)
    users = join(cast, "jo", "kim", pool=pool)
    batch = change_start(users[:1], None, customer=cast.contoso, actor=cast.alice)
    assert not fresh(users[0]).is_to_start
    assert fresh(users[1]).is_to_start
    begun(later(0))
    assert held(users[0]) == [("Teams", ["CHAT"])]
    assert seats(pool) == (1, 1)
    # Taken back, the door is shut again; the license stays.
    undo_batch(batch, actor=cast.alice)
    assert fresh(users[0]).is_to_start
    assert fresh(users[0]).session_epoch == users[0].session_epoch + 1
    assert violations() == []


def test_undo_moves_the_schedule_back(cast: Cast) -> None:
    pool = subscribe(cast)
    users = join(cast, "jo", pool=pool)
    on = today_of(cast.contoso) + timedelta(days=20)
    request = {"start": on.isoformat()}
    batch = perform(
        CHANGE_START.kind,
        [users[0].pk],
        customer=cast.contoso,
        actor=cast.alice,
        request=request,
    )
    assert Schedule.objects.get().on == on
    undo_batch(batch, actor=cast.alice)
    assert Schedule.objects.get().on == users[0].starts_on == fresh(users[0]).starts_on


def test_who_was_deleted_gets_nothing_and_the_others_do(cast: Cast) -> None:
    pool = subscribe(cast)
    users = join(cast, "jo", "kim", pool=pool)
    delete_users(users[:1], customer=cast.contoso, actor=cast.alice)
    assert seats(pool) == (0, 1)
    [batch] = begun()
    assert (batch.done, batch.failed) == (1, 1)
    assert seats(pool) == (1, 0)
    assert violations() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_being_moved_does_not_begin_meanwhile(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    pool = subscribe(cast)
    users = join(cast, "jo", "kim", pool=pool)
    put_apart = schedules.schedule

    def while_it_is_due(*args: Any, **more: Any) -> Any:
        together(lambda: run_due(later(8)))
        return put_apart(*args, **more)

    monkeypatch.setattr(schedules, "schedule", while_it_is_due)
    day = today_of(cast.contoso) + timedelta(days=20)
    change_start(users[:1], day, customer=cast.contoso, actor=cast.alice)
    [batch] = begun(later(8))
    assert list(batch.items.values_list("user", flat=True)) == [users[1].pk]
    assert seats(pool) == (1, 1)
    assert violations() == []


def test_of_nobody_nothing_is_moved(cast: Cast) -> None:
    move_joining({}, cast.contoso, cast.alice)
    assert callable(plan_joining)
    assert not Schedule.objects.filter(state=ScheduleState.WAITING).exists()
