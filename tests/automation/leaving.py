"""Plans to remove users as tests make them: at Contoso, whose clock is New York's."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from automation.due import due_at
from automation.leave_steps import STEP_OF, Wanted
from automation.models import Schedule, SchedulePlan
from automation.services.due_running import run_due
from automation.services.leaving import plan_leave, run_plan
from automation.services.leaving_undo import ask_to_undo, undo_plan
from customers.models import Batch, BatchState
from customers.services.batches import new_key
from tests.support.cast import Cast

ALL = ("block", "reset", "licenses", "delete")


def wanted(**days: float | None) -> list[Wanted]:
    """Each step by its kind: in so many days, or at once for None."""
    now = timezone.now()
    return [
        Wanted(
            STEP_OF[kind],
            None if ahead is None else due_at(now + timedelta(days=ahead), "America/New_York"),
        )
        for kind, ahead in days.items()
    ]


def planned(
    cast: Cast, *users: User, actor: User | None = None, key: str = "", **days: float | None
) -> SchedulePlan:
    """A plan for uma, or these, by alice; what is to be done now is done."""
    made = plan_leave(
        users or [cast.uma],
        wanted(**days),
        customer=cast.contoso,
        actor=actor or cast.alice,
        key=key,
        reason="Ticket 7",
    )
    run_plan(made.plan.pk)
    return made.plan


def pass_days(days: float) -> datetime:
    """Do what is due in so many days, as beat and a worker do it."""
    now = timezone.now() + timedelta(days=days)
    while run_due(now):
        for pk in Batch.objects.filter(state=BatchState.WAITING).values_list("pk", flat=True):
            running.run_batch(pk)
    return now


def undone(plan: SchedulePlan, actor: User) -> SchedulePlan:
    ask_to_undo(plan, actor=actor, key=new_key())
    assert undo_plan(plan.pk)
    assert violations() == []
    return SchedulePlan.objects.get(pk=plan.pk)


def states(plan: SchedulePlan) -> dict[str, str]:
    """The state of each step, or of its batch once it has begun."""
    steps = plan.schedules.select_related("batch").order_by("due_at", "pk")
    return {step.kind: step.batch.state if step.batch else step.state for step in steps}


def step_of(plan: SchedulePlan, kind: str) -> Schedule:
    return plan.schedules.select_related("batch", "undo").get(kind=kind)


def stand(user: User) -> dict[str, Any]:
    """What is left of a user."""
    now = User.objects.get(pk=user.pk)
    held = now.assignments.live().order_by("subscription__product__name")
    return {
        "blocked": now.blocked_at is not None,
        "deleted": now.deleted_at is not None,
        "licenses": list(held.values_list("subscription__product__name", flat=True)),
    }
