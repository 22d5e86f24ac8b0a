"""Removing users who leave: one plan, whose steps are schedules, each done now or on its day.

A step that is to be done now is a schedule like the others, whose time has come. Begun where it was
asked for, or, where that died, by the next look at what is due, it is done once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.running import run_batch
from accounts.services.users.locking import (
    LeftUser,
    Verdict,
    Why,
    beyond_reach,
    deleted,
    oneself,
    take_users,
)
from customers.errors import AlreadyDone, Refused
from customers.formats import name_of
from customers.models import BatchState, Customer, Outcome
from customers.query_params import is_key
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy, moment
from customers.services import batches
from customers.services.transactions import transactional

from ..due import zone_of
from ..leave_steps import Wanted, check_order, in_order
from ..models import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState
from ..models.schedules import REASON_LENGTH
from .due_running import run_schedule
from .schedules import schedule

NOT_ONESELF = gettext_lazy("You can't remove yourself.")


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and who was left out of it, with why."""

    plan: SchedulePlan
    left: Sequence[LeftUser]


@transactional
def plan_leave(
    users: Sequence[User | int],
    wanted: Sequence[Wanted],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
) -> Planned:
    """Schedule these steps for the users; run_plan then does what is to be done now.

    Raises AlreadyDone with the plan of a key that was used; Refused where it can be done to nobody,
    or the actor may not do one of the steps. Of two who plan the same at once, one does.
    """
    key = key or batches.new_key()
    batches.check_key(key)
    if twin := find_plan(key, customer=customer, actor=actor):
        raise AlreadyDone(twin)
    now = timezone.now()
    ordered = in_order(wanted, zone_of(customer), now)
    check_order(ordered)
    locked = take_users(users, customer=customer, actor=actor, capability=Capability.MANAGE_USERS)
    todo, left = locked.sort_out(
        deleted,
        oneself(actor, str(NOT_ONESELF)),
        beyond_reach(locked.actor, Capability.MANAGE_USERS),
        _leaving(row.pk for row in locked.rows),
    )
    plan = SchedulePlan(customer=customer, kind=PlanKind.LEAVE, by=locked.actor, key=key)
    plan.reason = reason[:REASON_LENGTH]
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        raise Refused(batches.not_valid(), code="malformed") from None
    ids = [row.pk for row in todo]
    for one in ordered:
        schedule(
            one.step.kind,
            ids,
            customer=customer,
            actor=locked.actor,
            due=one.due,
            request=one.step.request,
            reason=plan.reason,
            plan=plan,
        )
    return Planned(plan, left)


def find_plan(key: str, *, customer: Customer, actor: User) -> SchedulePlan | None:
    """Return the plan that a form with this key has made before."""
    if not is_key(key):
        return None
    own = SchedulePlan.objects.filter(customer=customer, by=actor, kind=PlanKind.LEAVE)
    return own.filter(key=key).first()


def waiting_of(users: Iterable[int]) -> dict[int, SchedulePlan]:
    """Return by user the plan to remove them of which a step waits."""
    waits = ScheduledUser.objects.filter(
        user__among=list(users),
        schedule__plan__kind=PlanKind.LEAVE,
        schedule__state=ScheduleState.WAITING,
    )
    found = waits.order_by("pk").values_list("user", "schedule__plan")
    plan_of = dict(found)
    plans = SchedulePlan.objects.select_related("by").in_bulk(set(plan_of.values()))
    return {user: plans[pk] for user, pk in plan_of.items()}


def _leaving(users: Iterable[int]) -> Why:
    """Return the reason by which those are left out whose removal is planned already."""
    known = waiting_of(users)

    def why(row: User) -> Verdict:
        plan = known.get(row.pk)
        return (Outcome.SKIPPED, leaving_message(row, plan)) if plan else None

    return why


def leaving_message(user: User, plan: SchedulePlan) -> str:
    text = _("%(name)s is already being removed: planned by %(who)s on %(when)s.")
    return text % {
        "name": user.display_name,
        "who": name_of(plan.by),
        "when": moment(plan.created_at),
    }


def run_plan(pk: int, now: datetime | None = None) -> None:
    """Do what is due of a plan, one step after the other, here while they are few.

    Where a step is left to a worker, the next ones follow when it is over.
    """
    now = now or timezone.now()
    due = Schedule.objects.filter(plan=pk, state=ScheduleState.WAITING, due_at__lte=now)
    for step in due.order_by("due_at", "pk").values_list("pk", flat=True):
        if not run_schedule(step, now):
            continue
        batch = Schedule.objects.select_related("batch").get(pk=step).batch
        if batch is None or batch.total > settings.PEOPLE_AT_ONCE:
            return
        if batch.state == BatchState.WAITING:
            run_batch(batch.pk)
