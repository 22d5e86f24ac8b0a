"""What the activity log knows of schedules: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from automation.models import Schedule
from automation.services.due_running import run_due
from automation.services.leaving_undo import ask_to_undo
from automation.services.schedules import cancel_schedule, drop_user, keep_to_clock, move, run_now
from customers.models import Customer
from tests.automation.leaving import planned
from tests.automation.services.scheduling import in_days, later, scheduled

Do = Callable[[Any], Any]


def _schedule(stage: Any) -> Schedule:
    return scheduled(stage.cast)


def _moved_clock(stage: Any) -> None:
    _schedule(stage)
    Customer.objects.filter(pk=stage.contoso.pk).update(time_zone="Asia/Tokyo")
    keep_to_clock(Customer.objects.get(pk=stage.contoso.pk), stage.alice)


SCHEDULES: dict[str, tuple[Do, list[str], bool]] = {
    "schedule": (_schedule, ["schedule.added"], False),
    "move": (lambda s: move(_schedule(s), in_days(3), actor=s.alice), ["schedule.changed"], True),
    "cancel_schedule": (
        lambda s: cancel_schedule(_schedule(s), actor=s.alice),
        ["schedule.canceled"],
        False,
    ),
    "drop_user": (
        lambda s: drop_user(scheduled(s.cast, s.uma, s.cast.gail), s.uma, actor=s.alice),
        ["schedule.changed"],
        False,
    ),
    "run_now": (lambda s: run_now(_schedule(s), actor=s.alice), ["schedule.changed"], True),
    "keep_to_clock": (_moved_clock, ["schedule.changed"], True),
    "plan_leave": (
        lambda s: planned(s.cast, block=1),
        ["schedule.added"],
        False,
    ),
    "ask_to_undo": (
        lambda s: ask_to_undo(planned(s.cast, block=1), actor=s.alice),
        ["schedule.canceled"],
        False,
    ),
}


def _by_nobody(stage: Any) -> None:
    _schedule(stage)
    Schedule.objects.update(by=None)
    run_due(later())


# What the portal says by itself.
SCHEDULES_ALONE: dict[str, tuple[Do, list[str]]] = {
    "run_due that fails": (_by_nobody, ["schedule.failed"])
}
