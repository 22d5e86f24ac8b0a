"""Reserved seats go with what they were reserved for."""

from datetime import timedelta

from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from automation.models import Schedule, ScheduleState
from automation.services.due_running import run_due
from automation.services.reserving import release_reserved
from automation.services.schedules import cancel_schedule as cancel
from automation.services.schedules import drop_user
from tests.accounts.verbs import subscribe
from tests.automation.services.test_joining import join, seats
from tests.support.cast import Cast


def test_canceled_or_left_out_the_seats_are_free_again(cast: Cast) -> None:
    pool = subscribe(cast)
    users = join(cast, "jo", "kim", "lou", pool=pool)
    waiting = Schedule.objects.get()
    drop_user(waiting, users[0], actor=cast.alice)
    assert seats(pool) == (0, 2)
    cancel(waiting, actor=cast.alice)
    assert seats(pool) == (0, 0)
    release_reserved(waiting)
    assert violations() == []


def test_what_could_not_be_done_on_the_day_keeps_no_seat(cast: Cast) -> None:
    pool = subscribe(cast)
    join(cast, "jo", pool=pool)
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=timezone.now())
    run_due(timezone.now() + timedelta(days=400))
    assert Schedule.objects.get().state == ScheduleState.FAILED
    assert seats(pool) == (0, 0)
    assert violations() == []
