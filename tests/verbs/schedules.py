"""What is scheduled for users, and done to a schedule while it waits."""

from datetime import timedelta

from django.utils import timezone

from automation.due import due_at
from automation.leave_steps import STEP_OF, Wanted
from automation.models import Schedule, SchedulePlan
from automation.services.leaving import plan_leave
from automation.services.leaving_undo import ask_to_undo
from automation.services.schedules import cancel_schedule, drop_user, move, run_now, schedule
from customers.models import BatchKind
from tests.factories import ScheduleFactory, SchedulePlanFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _waiting(scene: Scene) -> Schedule:
    by = scene.world.cast.alice
    return ScheduleFactory.create(customer=scene.contoso, by=by, people=[scene.living])


def _plan(scene: Scene) -> SchedulePlan:
    waiting = _waiting(scene)
    waiting.plan = SchedulePlanFactory.create(customer=scene.contoso)
    waiting.save(update_fields=["plan"])
    return waiting.plan


IN_A_WEEK = due_at(timezone.now() + timedelta(days=7), "UTC")

SCHEDULES: dict[str, Verb] = {
    "automation.services.schedules.schedule": Verb(
        role_table.USERS,
        lambda at, by: schedule(
            BatchKind.BLOCK, [at.living.pk], customer=at.contoso, actor=by, due=IN_A_WEEK
        ),
    ),
    "automation.services.schedules.move": Verb(
        role_table.USERS, lambda at, by: move(_waiting(at), IN_A_WEEK, actor=by), on_user=True
    ),
    "automation.services.schedules.cancel_schedule": Verb(
        role_table.USERS, lambda at, by: cancel_schedule(_waiting(at), actor=by), on_user=True
    ),
    "automation.services.schedules.drop_user": Verb(
        role_table.USERS, lambda at, by: drop_user(_waiting(at), at.living, actor=by), on_user=True
    ),
    "automation.services.schedules.run_now": Verb(
        role_table.USERS, lambda at, by: run_now(_waiting(at), actor=by), on_user=True
    ),
    "automation.services.leaving.plan_leave": Verb(
        role_table.USERS,
        lambda at, by: plan_leave(
            [at.living], [Wanted(STEP_OF["block"], IN_A_WEEK)], customer=at.contoso, actor=by
        ),
        on_user=True,
    ),
    "automation.services.leaving_undo.ask_to_undo": Verb(
        role_table.USERS, lambda at, by: ask_to_undo(_plan(at), actor=by), on_user=True
    ),
}
