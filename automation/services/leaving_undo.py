"""Undo of a whole plan: what waits is canceled, what was done is taken back, the last step first.

Asking is one transaction, and each step another: a worker that dies between two leaves a plan that
is being undone, and whoever looks next goes on with it. A step is taken back by the undo of its
batch, which asks of each user whether it still can be; why not stands at the step.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services import running
from accounts.services.queue import publish
from accounts.services.undo import undo_batch, why_not
from accounts.services.undo.later import nobody_left
from accounts.services.undo.undoing import nobody_asks
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchState
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import moment
from customers.services import batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import PlanKind, Schedule, SchedulePlan, ScheduleState
from ..queries.schedules import is_running
from .leaving import run_plan
from .one_by_one import one_by_one
from .schedules import cancel_schedule

GO_ON = "automation.tasks.go_on_with_plan"


@transactional
def ask_to_undo(
    plan: SchedulePlan, *, actor: User, key: str = "", reason: str = ""
) -> SchedulePlan:
    """Cancel what waits of a plan, and note that what was done is to be taken back (undo_plan).

    The same form sent twice finds it asked for. Refused where another was quicker, or nothing is
    left to undo.
    """
    key = key or batches.new_key()
    batches.check_key(key)
    locked = SchedulePlan.objects.select_for_update(no_key=True, of=("self",))
    fresh = locked.select_related("customer__partner", "undo_by").get(pk=plan.pk)
    by = check_actor(actor, Capability.MANAGE_USERS, customer=fresh.customer)
    if fresh.undo_key == key and fresh.undo_by_id == by.pk:
        return fresh
    if why := why_no_undo(fresh):
        raise Refused(why, code="plan-not-undoable")
    fresh.undo_by, fresh.undo_key, fresh.undo_at = by, key, timezone.now()
    fresh.undo_reason = reason[: batches.REASON_LENGTH]
    fresh.save(update_fields=["undo_by", "undo_key", "undo_at", "undo_reason"])
    for step in fresh.schedules.order_by("pk"):
        _stop(step, by)
    transaction.on_commit(lambda: publish(GO_ON, fresh.pk))
    return fresh


def _stop(step: Schedule, by: User) -> None:
    """Cancel a step that waits, and a batch of it that has not begun."""
    if step.state == ScheduleState.WAITING:
        try:
            cancel_schedule(step, actor=by)
        except Refused as refused:
            if refused.code not in {"schedule-begun", "schedule-over"}:
                raise
            step.refresh_from_db()
    if step.batch is not None and step.batch.state == BatchState.WAITING:
        # A worker may have begun: then the undo waits for its end.
        with suppress(Refused):
            running.cancel(step.batch, actor=by)


def why_no_undo(plan: SchedulePlan) -> str:
    """Return why a plan can't be undone as a whole, or ""."""
    if plan.undo_at is not None:
        facts = {
            "who": plan.undo_by.display_name if plan.undo_by else nobody_left(),
            "when": moment(plan.undo_at),
        }
        if plan.undone_at is None:
            return _("Being undone: %(who)s asked for it on %(when)s.") % facts
        return _("Undone by %(who)s on %(when)s.") % facts
    steps = list(steps_of(plan))
    if any(step.state == ScheduleState.WAITING or _is_under_way(step) for step in steps):
        return ""
    done = [step.batch for step in steps if step.state == ScheduleState.BEGUN and step.batch]
    reasons = [why_not(batch, since=end_of(steps)) for batch in done]
    if not reasons:
        return _("Nothing of it was done, so there is nothing to undo.")
    return "" if "" in reasons else reasons[0]


def steps_of(plan: SchedulePlan) -> QuerySet[Schedule]:
    """Return the steps with their batches, the one that was done last first."""
    related = ("batch__undone_by__by", "undo")
    return plan.schedules.select_related(*related).order_by(
        F("batch").desc(nulls_last=True), "-due_at", "-pk"
    )


def undo_plan(pk: int) -> bool:
    """Take back the steps that were done, as far as it goes now; True when the undo is over.

    It waits for a step whose batch is under way, and for an undo that is left to a worker.
    """
    while (left := _undo_next(pk)) is not None:
        if not left:
            return False
    return True


@transactional
def _undo_next(pk: int) -> bool | None:
    """Take back the last step that is left; None when none is, False where it must wait."""
    locked = SchedulePlan.objects.select_for_update(no_key=True, of=("self",))
    plan = locked.select_related("undo_by").filter(pk=pk, undo_at__isnull=False).first()
    if plan is None or plan.undone_at is not None:
        return None
    steps = list(steps_of(plan))
    for step in steps:
        if _is_under_way(step):
            return False
        if step.undo is not None and step.undo.state != BatchState.DONE and not step.undo_refusal:
            _note(step, step.undo.refusal)
        if step.state == ScheduleState.BEGUN and step.undo is None and not step.undo_refusal:
            _take_back(step, plan, since=end_of(steps))
            return True
    plan.undone_at = timezone.now()
    plan.save(update_fields=["undone_at"])
    return None


def _is_under_way(step: Schedule) -> bool:
    return is_running(step.batch) or is_running(step.undo)


def end_of(steps: Sequence[Schedule]) -> datetime | None:
    """Return when the last step was done: until then nobody could think the whole over."""
    ends = [step.batch.finished_at for step in steps if step.batch and step.batch.finished_at]
    return max(ends, default=None)


def _take_back(step: Schedule, plan: SchedulePlan, *, since: datetime | None) -> None:
    if plan.undo_by is None:
        _note(step, nobody_asks())
        return
    if step.batch is None:
        _note(step, _("What was done is no longer known."))
        return
    try:
        step.undo = undo_batch(
            step.batch,
            actor=plan.undo_by,
            key=f"undo-{step.uuid}",
            reason=plan.undo_reason,
            since=since,
        )
    except AlreadyDone as done:
        twin = done.batch
        step.undo = twin if isinstance(twin, Batch) else None
    except Refused as refused:
        _note(step, str(refused))
        return
    step.save(update_fields=["undo"])


def _note(step: Schedule, why: str) -> None:
    step.undo_refusal = why
    step.save(update_fields=["undo_refusal", "undo_refusal_said"])


def go_on(pk: int) -> None:
    """Go on with a plan whose next step may be possible now: forward, or back."""
    plan = SchedulePlan.objects.filter(pk=pk, kind=PlanKind.LEAVE).first()
    if plan is None:
        return
    if plan.undo_at is None:
        run_plan(pk)
    else:
        undo_plan(pk)


def send_on(batch: Batch) -> None:
    """Go on with the plan of a batch that is over; called in the transaction of its end."""
    of_plan = Schedule.objects.filter(plan__kind=PlanKind.LEAVE)
    ends = of_plan.filter(batch=batch.pk) | of_plan.filter(undo=batch.pk)
    plan = ends.values_list("plan", flat=True).first()
    if plan is not None:
        transaction.on_commit(lambda: publish(GO_ON, plan))


def go_on_undoing() -> int:
    """Go on with all plans that are being undone: a task may be lost. Return how many."""
    waiting = SchedulePlan.objects.filter(undo_at__isnull=False, undone_at=None)
    ids = list(waiting.values_list("pk", flat=True))
    one_by_one("plan_not_undone", ids, undo_plan)
    return len(ids)
