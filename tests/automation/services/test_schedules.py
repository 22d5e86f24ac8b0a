"""Scheduling, and what is done to a schedule while it waits."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from automation.due import Due
from automation.models import Schedule, ScheduleState
from automation.services.due_running import run_due
from automation.services.schedules import (
    cancel_schedule,
    drop_user,
    keep_to_clocks,
    move,
    run_now,
)
from customers.errors import Refused
from customers.models import AuditEvent, BatchKind, Customer, Via
from customers.narrowing import Narrowing, narrowed_to
from customers.roles import Capability, Role
from customers.services.customers import change_customer
from tests.accounts.verbs import fresh
from tests.automation.services.scheduling import begun, in_days, later, scheduled
from tests.factories import ScheduleFactory, StaffFactory, UserFactory
from tests.support.cast import Cast


def code_of(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def fields_of(made: Schedule) -> Schedule:
    return Schedule.objects.get(pk=made.pk)


def test_a_schedule_has_frozen_users_and_a_moment_by_the_customers_clock(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(time_zone="Europe/Berlin")
    day = (timezone.now() + timedelta(days=30)).date()
    made = scheduled(cast, cast.uma, cast.gail, due=Due(day, time(18)), reason="Ticket 7")
    assert (made.state, made.by, made.zone) == (ScheduleState.WAITING, cast.alice, "Europe/Berlin")
    assert (made.on, made.at, made.reason) == (day, time(18), "Ticket 7")
    assert made.due_at.astimezone(UTC).hour in {16, 17}
    assert {item.user_id for item in made.items.all()} == {cast.uma.pk, cast.gail.pk}
    event = AuditEvent.objects.get(action="schedule.added")
    assert (event.target_id, event.changes["people"], event.reason) == (made.pk, 2, "Ticket 7")
    assert fresh(cast.uma).blocked_at is None


def test_a_second_click_finds_the_first_one(cast: Cast) -> None:
    first = scheduled(cast, key="k")
    assert scheduled(cast, key="k", due=in_days(9)) == first
    assert Schedule.objects.count() == 1
    other: list[dict[str, Any]] = [{"kind": "allow"}, {"actor": cast.gail}]
    for values in other:
        assert code_of(lambda values=values: scheduled(cast, key="k", **values)) == "malformed"


def test_others_of_another_customer_are_not_in_it(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    made = scheduled(cast, cast.uma, stranger)
    assert [item.user_id for item in made.items.all()] == [cast.uma.pk]
    assert code_of(lambda: scheduled(cast, stranger)) == "nobody-left"


@pytest.mark.parametrize("days, code", [(-1, "due-over"), (0, "due-over"), (800, "due-too-far")])
def test_a_time_that_is_over_or_far_away_is_refused(cast: Cast, days: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        scheduled(cast, due=in_days(days))
    assert (caught.value.code, caught.value.field) == (code, "on")


def test_who_may_not_do_it_may_not_schedule_it(cast: Cast) -> None:
    assert code_of(lambda: scheduled(cast, actor=cast.bob)) == "role-lacks-it"
    assert scheduled(cast, actor=cast.bob, kind="reset", key="k").kind == BatchKind.RESET
    everything = frozenset(Capability)
    with narrowed_to(Narrowing(cast.alice.pk, 1, Via.API, everything)):
        assert code_of(lambda: scheduled(cast)) == "token-schedules-none"


def test_it_is_moved_and_the_log_says_from_when_to_when(cast: Cast) -> None:
    made = scheduled(cast)
    moved = move(made, in_days(3), actor=cast.gail)
    assert fields_of(made).due_at == moved.due_at < made.due_at
    event = AuditEvent.objects.get(action="schedule.changed")
    assert event.changes["due_at"] == [made.due_at.isoformat(), moved.due_at.isoformat()]
    move(made, in_days(3), actor=cast.gail)
    assert AuditEvent.objects.filter(action="schedule.changed").count() == 1


def test_of_two_who_move_it_the_second_is_told(cast: Cast) -> None:
    made = scheduled(cast)
    move(made, in_days(3), actor=cast.gail, seen=made.due_at)
    call = lambda: move(made, in_days(4), actor=cast.alice, seen=made.due_at)  # noqa: E731
    assert code_of(call) == "schedule-changed"


def test_canceled_it_is_never_begun(cast: Cast) -> None:
    made = scheduled(cast)
    assert cancel_schedule(made, actor=cast.gail).refusal == "Canceled by Gail."
    assert run_due(later()) == 0
    assert fields_of(made).state == ScheduleState.CANCELED
    calls = (
        lambda: cancel_schedule(made, actor=cast.alice),
        lambda: move(made, in_days(1), actor=cast.alice),
        lambda: run_now(made, actor=cast.alice),
        lambda: drop_user(made, cast.uma, actor=cast.alice),
    )
    assert [code_of(call) for call in calls] == ["schedule-over"] * 4


def test_begun_it_can_no_longer_be_changed(cast: Cast) -> None:
    made = scheduled(cast)
    run_due(later())
    assert code_of(lambda: cancel_schedule(made, actor=cast.alice)) == "schedule-begun"


def test_a_user_is_left_out_and_the_last_one_cancels_it(cast: Cast) -> None:
    made = scheduled(cast, cast.uma, cast.gail)
    drop_user(made, cast.uma, actor=cast.alice)
    drop_user(made, cast.uma, actor=cast.alice)
    event = AuditEvent.objects.get(action="schedule.changed")
    assert (event.target_type, event.target_id) == ("user", cast.uma.pk)
    assert (event.changes["left_out_of"], fields_of(made).state) == ("block", "waiting")
    drop_user(made, cast.gail, actor=cast.alice)
    assert fields_of(made).state == ScheduleState.CANCELED


def test_run_now_it_is_the_doing_of_who_runs_it(cast: Cast) -> None:
    made = scheduled(cast)
    batch = run_now(made, actor=cast.gail)
    assert (batch.by, batch.via) == (cast.gail, Via.SCHEDULE)
    assert (fields_of(made).by, fields_of(made).batch) == (cast.alice, batch)
    begun()
    assert fresh(cast.uma).blocked_by == cast.gail


def test_who_reaches_no_administrators_leaves_those_schedules_alone(
    cast: Cast,
) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    made = scheduled(cast, cast.gail, cast.uma)
    calls = (
        lambda: cancel_schedule(made, actor=limited),
        lambda: move(made, in_days(1), actor=limited),
        lambda: run_now(made, actor=limited),
        lambda: drop_user(made, cast.gail, actor=limited),
    )
    assert [code_of(call) for call in calls] == ["schedule-beyond-reach"] * 4
    promoted = scheduled(cast, kind="change", request={"roles": [Role.GLOBAL_ADMIN]})
    assert code_of(lambda: move(promoted, in_days(1), actor=limited)) == "schedule-beyond-reach"
    own = scheduled(cast, cast.gail, cast.uma, actor=limited)
    assert cancel_schedule(own, actor=limited).state == ScheduleState.CANCELED


def test_staff_to_whom_the_customer_is_closed_change_nothing(cast: Cast) -> None:
    made = scheduled(cast)
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    assert code_of(lambda: cancel_schedule(made, actor=limited)) == "customer-not-open"
    assert code_of(lambda: cancel_schedule(made, actor=cast.charlie)) == "customer-not-open"


def test_another_clock_keeps_day_and_time_and_moves_the_moment(cast: Cast) -> None:
    day = (timezone.now() + timedelta(days=30)).date()
    made = scheduled(cast, due=Due(day, time(18)))
    over = cancel_schedule(scheduled(cast, due=Due(day, time(19))), actor=cast.alice)
    change_customer(cast.contoso, actor=cast.alice, time_zone="Asia/Tokyo")
    found = fields_of(made)
    assert (found.on, found.at, found.zone) == (day, time(18), "Asia/Tokyo")
    assert found.due_at == datetime.combine(day, time(9), tzinfo=UTC)
    assert fields_of(over).due_at == over.due_at
    event = AuditEvent.objects.get(action="schedule.changed")
    assert event.changes["zone"] == [made.zone, "Asia/Tokyo"]
    change_customer(cast.contoso, actor=cast.alice, contact_email="it@mail.example")
    assert AuditEvent.objects.filter(action="schedule.changed").count() == 1
    change_customer(cast.contoso, actor=cast.alice, time_zone="", country="DE")
    assert fields_of(made).zone == "Europe/Berlin"


def test_clocks_that_a_country_changed_are_kept_to(cast: Cast) -> None:
    made = ScheduleFactory.create(
        customer=cast.contoso,
        on=date(2027, 7, 1),
        at=time(18),
        zone="America/New_York",
        due_at=datetime(2027, 7, 1, 23, tzinfo=UTC),
    )
    as_it_was = scheduled(cast, due=Due(date(2027, 7, 1), time(18)))
    assert keep_to_clocks() == 1
    assert fields_of(as_it_was).due_at == as_it_was.due_at
    with CaptureQueriesContext(connection) as queries:
        assert keep_to_clocks() == 0
    assert len(queries) == 1
    assert fields_of(made).due_at == datetime(2027, 7, 1, 22, tzinfo=UTC)
    assert AuditEvent.objects.get(action="schedule.changed").actor_id is None


def test_a_zone_that_there_is_not_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        change_customer(cast.contoso, actor=cast.alice, time_zone="Mars/Olympus")
    assert (caught.value.code, caught.value.field) == ("time-zone-unknown", "time_zone")
