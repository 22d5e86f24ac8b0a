"""Schedules whose time has come: each is left as a batch, once, and the batch does the rest.

The row of a schedule is locked while it begins: of two workers one begins it, and a colleague who
moves or cancels it at that moment comes before or after, never in between. A worker that dies has
begun nothing; the next look finds what it left.
"""

from datetime import datetime

import structlog
from django.db import Error, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actions.registry import action_of
from accounts.models import User
from accounts.services.queue import send_batch
from accounts.services.running import WENT_WRONG
from accounts.services.users.locking import ALL_GONE
from customers.actions import Action
from customers.errors import Refused, told_to_others
from customers.models import Batch, BatchKind, BatchState, Via
from customers.said import gettext as _
from customers.said import gettext_lazy, words_of
from customers.services import audit, batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import PlanKind, Schedule, ScheduleState
from .reserving import release_reserved
from .telling_of import tell_of_schedule

logger = structlog.get_logger(__name__)

OVER = (BatchState.DONE, BatchState.FAILED, BatchState.CANCELED)
SCHEDULER_WORDS = {
    "role-lacks-it": gettext_lazy(
        "The role of %(name)s, who scheduled this, can no longer do it. Nothing was changed."
    ),
    "customer-not-open": gettext_lazy(
        "This customer is no longer open to %(name)s, who scheduled this. Nothing was changed."
    ),
    "actor-gone": gettext_lazy(
        "%(name)s, who scheduled this, has been blocked or deleted. Nothing was changed."
    ),
}


def run_due(now: datetime | None = None) -> int:
    """Begin all schedules that are due, in the order of their time; return how many began."""
    now = now or timezone.now()
    due = Schedule.objects.filter(state=ScheduleState.WAITING, due_at__lte=now)
    return sum(run_schedule(pk, now) for pk in due.values_list("pk", flat=True))


def run_schedule(pk: int, now: datetime | None = None) -> bool:
    """Begin the schedule; False where it is not due, another began it, or it could not be."""
    now = now or timezone.now()
    try:
        return _run(pk, now)
    except Refused as refused:
        _fail(pk, now, str(refused))
    except Error:
        # The database is away or busy: the schedule waits on.
        raise
    except Exception:
        _fail(pk, now, str(WENT_WRONG))
        logger.exception("schedule_failed", schedule=pk)
    return False


@transactional
def _run(pk: int, now: datetime) -> bool:
    waiting = Schedule.objects.filter(pk=pk, state=ScheduleState.WAITING, due_at__lte=now)
    in_turn = waiting.exclude(Exists(_earlier_of_plan()))
    locked = in_turn.select_for_update(skip_locked=True, no_key=True, of=("self",))
    schedule = locked.select_related("by", "customer__partner").first()
    if schedule is None:
        return False
    begin(schedule, _scheduler(schedule))
    return True


def _earlier_of_plan() -> QuerySet[Schedule]:
    """Return the steps by which the same users leave that come before, and are not over."""
    before = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    return Schedule.objects.filter(
        before, plan=OuterRef("plan"), plan__kind=PlanKind.LEAVE, ended_at=None
    )


def _scheduler(schedule: Schedule) -> User:
    """Return who scheduled it. Refused where they may no longer do it, in words for others."""
    capability = action_of(schedule.kind).capability
    if schedule.by is None:
        text = _(
            "The account of the user who scheduled this no longer exists. Nothing was changed."
        )
        raise Refused(text, code="asker-gone")
    with told_to_others(schedule.by.display_name, SCHEDULER_WORDS):
        check_actor(schedule.by, capability, customer=schedule.customer)
    return schedule.by


def begin(schedule: Schedule, actor: User) -> Batch:
    """Leave the batch of a waiting schedule, whose row the caller has locked, for a task.

    Its key is the schedule's own, which nobody is told: no form can have used it before.
    """
    users = list(schedule.items.order_by("user").values_list("user", flat=True))
    if not users:
        raise Refused(str(ALL_GONE), code="nobody-left")
    batch = batches.leave_batch(
        BatchKind(schedule.kind),
        users,
        actor=actor,
        customer=schedule.customer,
        key=f"schedule-{schedule.uuid}",
        request={**schedule.request, "reason": schedule.reason},
        reason=schedule.reason,
        # What its scheduler wanted at once is their own doing.
        via=Via.SCHEDULE if schedule.due_at > schedule.created_at else None,
    )
    schedule.state, schedule.batch = ScheduleState.BEGUN, batch
    schedule.save(update_fields=["state", "batch"])
    transaction.on_commit(lambda: send_batch(batch.pk))
    return batch


@transactional
def _fail(pk: int, now: datetime, why: str) -> None:
    waiting = Schedule.objects.filter(pk=pk, state=ScheduleState.WAITING, due_at__lte=now)
    schedule = waiting.select_for_update(no_key=True).first()
    if schedule is not None:
        _end_as_failed(schedule, why)


def end_with(batch: Batch) -> None:
    """End the schedule of a batch that is over; called in the transaction that ends the batch."""
    begun = Schedule.objects.filter(batch=batch.pk, state=ScheduleState.BEGUN)
    # Most batches have none, and cost no more than this question.
    schedule = begun.select_for_update(no_key=True).first()
    if schedule is None or batch.state not in OVER:
        return
    if batch.state == BatchState.FAILED:
        _end_as_failed(schedule, batch.refusal)
        return
    schedule.ended_at = timezone.now()
    if batch.state == BatchState.CANCELED:
        schedule.state, schedule.refusal = ScheduleState.CANCELED, batch.refusal
    # Also what was reserved for those who could not have it.
    release_reserved(schedule)
    schedule.save(update_fields=["state", "refusal", "refusal_said", "ended_at"])
    tell_of_schedule(schedule)


def _end_as_failed(schedule: Schedule, why: str) -> None:
    schedule.state, schedule.refusal = ScheduleState.FAILED, why
    schedule.ended_at = timezone.now()
    schedule.save(update_fields=["state", "refusal", "refusal_said", "ended_at"])
    release_reserved(schedule)
    # A sentence may have names.
    changes = {"scheduled": schedule.kind}
    entry = audit.Entry(
        Action.SCHEDULE_FAILED, schedule, changes, {"why": why, "why_said": words_of(why)}
    )
    audit.record([entry], actor=None, customer=schedule.customer, reason=schedule.reason)
    tell_of_schedule(schedule)
