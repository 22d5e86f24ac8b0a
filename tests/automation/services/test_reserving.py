"""Reserved seats go with what they were reserved for."""

from accounts.invariants import violations
from automation.models import Schedule
from automation.services.reserving import let_go
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
    let_go(waiting)
    assert violations() == []
