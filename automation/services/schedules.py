"""Scheduling an action for a day, and what is done to a schedule while it waits.

What was scheduled stays the order of who gave it: at its time their right is looked at again, and
so is everything else. Only who runs it now takes it over as their own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.registry import action_of
from accounts.models import User
from accounts.services.users.locking import ALL_GONE
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer
from customers.narrowing import narrowing_of
from customers.roles import CUSTOMER_ROLES, Reach
from customers.said import gettext as _
from customers.services import audit, batches, bulk
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..due import Due, due_at, moment, moment_ahead, zone_of
from ..models import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState
from ..models.schedules import REASON_LENGTH
from .due_running import begin
from .one_by_one import one_by_one
from .reserving import release_reserved


@transactional
def schedule(  # noqa: PLR0913
    kind: BatchKind,
    users: Sequence[int],
    *,
    customer: Customer,
    actor: User,
    due: Due | None,
    request: Mapping[str, Any] | None = None,
    reason: str = "",
    key: str = "",
    plan: SchedulePlan | None = None,
) -> Schedule:
    """Schedule the action for these users and no others, by the customer's clock.

    Without `due` its time has come, and run_schedule can begin it at once. For a key that was used
    it returns what that has scheduled before. Refused where the actor may not do it now, or the
    time is over.
    """
    by = check_actor(actor, action_of(kind).capability, customer=customer)
    if narrowing_of(by.pk) is not None:
        # By then nobody would hold the order to what the token leaves.
        raise Refused(_("A token can't schedule actions."), code="token-schedules-none")
    key = key or batches.new_key()
    batches.check_key(key)
    if twin := Schedule.objects.filter(key=key).first():
        return _twin(twin, kind, customer=customer, actor=by)
    zone = zone_locked(customer)
    found = User.objects.filter(customer=customer, pk__among=list(users)).order_by("pk")
    if not (ids := list(found.values_list("pk", flat=True))):
        raise Refused(str(ALL_GONE), code="nobody-left")
    asked = dict(request or {})
    reason = (reason or str(asked.pop("reason", "")))[:REASON_LENGTH]
    new = Schedule(customer=customer, plan=plan, kind=kind, by=by, key=key, request=asked)
    new.due_at = timezone.now() if due is None else moment_ahead(due, zone)
    due = due or due_at(new.due_at, zone)
    new.reason, new.on, new.at, new.zone = reason, due.on, due.at, zone
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        return _twin(Schedule.objects.filter(key=key).first(), kind, customer=customer, actor=by)
    bulk.insert_alike(
        ScheduledUser, {"schedule_id": new.pk, "customer_id": customer.pk}, {"user_id": ids}
    )
    known = {"scheduled": kind, "people": len(ids), "due_at": new.due_at.isoformat(), "zone": zone}
    _log(Action.SCHEDULE_ADDED, new, known, actor)
    return new


def _twin(twin: Schedule | None, kind: BatchKind, *, customer: Customer, actor: User) -> Schedule:
    """Return what the key has scheduled before. Refused where it was another's, or other."""
    same = twin is not None and (twin.kind, twin.customer_id, twin.by_id)
    if twin is None or same != (kind, customer.pk, actor.pk):
        raise Refused(batches.not_valid(), code="malformed")
    return twin


def zone_locked(customer: Customer) -> str:
    """Return the customer's zone, which nobody else can change before this transaction's end."""
    return zone_of(Customer.objects.select_for_update(no_key=True).get(pk=customer.pk))


@transactional
def move(waiting: Schedule, due: Due, *, actor: User, seen: datetime | None = None) -> Schedule:
    """Have it begin at another time. Refused where `seen` is no longer when it is due, and where a
    step of a removal would come after the deletion.
    """
    zone = zone_locked(waiting.customer)
    fresh = _take(waiting, actor=actor)
    if seen is not None and fresh.due_at != seen:
        text = _("Someone else changed the date while you were editing. Check it again.")
        raise Refused(text, code="schedule-changed")
    old = fresh.due_at
    fresh.on, fresh.at, fresh.zone = due.on, due.at, zone
    fresh.due_at = moment_ahead(due, zone)
    _check_deleted_last(fresh)
    if fresh.due_at != old:
        fresh.save(update_fields=["on", "at", "zone", "due_at"])
        changes = {"due_at": [old.isoformat(), fresh.due_at.isoformat()]}
        _log(Action.SCHEDULE_CHANGED, fresh, {"scheduled": fresh.kind, **changes}, actor)
    return fresh


def _check_deleted_last(moved: Schedule) -> None:
    if moved.plan is None or moved.plan.kind != PlanKind.LEAVE:
        return
    others = moved.plan.schedules.filter(state=ScheduleState.WAITING).exclude(pk=moved.pk)
    if moved.kind == BatchKind.DELETE:
        if others.filter(due_at__gt=moved.due_at).exists():
            text = _("The other steps come before. Choose a later date, or move them first.")
            raise Refused(text, code="leave-after-delete")
    elif others.filter(kind=BatchKind.DELETE, due_at__lt=moved.due_at).exists():
        text = _("The account is deleted before. Choose an earlier date, or move that first.")
        raise Refused(text, code="leave-after-delete")


@transactional
def cancel_schedule(waiting: Schedule, *, actor: User) -> Schedule:
    """Cancel it, so that nothing of it is done. Refused where it has begun, or is over."""
    fresh = _take(waiting, actor=actor)
    _cancel(fresh, actor)
    return fresh


def _cancel(fresh: Schedule, actor: User) -> None:
    fresh.state, fresh.ended_at = ScheduleState.CANCELED, timezone.now()
    fresh.refusal = batches.canceled_by(actor)
    fresh.save(update_fields=["state", "ended_at", "refusal", "refusal_said"])
    release_reserved(fresh)
    known = {"scheduled": fresh.kind, "due_at": fresh.due_at.isoformat()}
    _log(Action.SCHEDULE_CANCELED, fresh, known, actor)


@transactional
def drop_user(waiting: Schedule, user: User, *, actor: User) -> Schedule:
    """Leave a user out of it; with the last one it is canceled. Nothing happens to who is out."""
    fresh = _take(waiting, actor=actor)
    if not fresh.items.filter(user=user.pk).delete()[0]:
        return fresh
    release_reserved(fresh, [user.pk])
    known = {"scheduled": fresh.kind, "due_at": fresh.due_at.isoformat()}
    entry = audit.Entry(Action.SCHEDULE_CHANGED, user, {"left_out_of": fresh.kind, **known})
    audit.record([entry], actor=actor, customer=fresh.customer)
    if not fresh.items.exists():
        _cancel(fresh, actor)
    return fresh


@transactional
def run_now(waiting: Schedule, *, actor: User) -> Batch:
    """Begin it at once, as the actor's own doing and by their rights; return its batch."""
    fresh = _take(waiting, actor=actor)
    known = {"scheduled": fresh.kind, "due_at": [fresh.due_at.isoformat(), _now()]}
    _log(Action.SCHEDULE_CHANGED, fresh, known, actor)
    return begin(fresh, actor)


def _now() -> str:
    return timezone.now().isoformat()


def _take(waiting: Schedule, *, actor: User) -> Schedule:
    """Lock and return it as it is now. Refused where the actor may not do what it does, or it no
    longer waits.
    """
    rows = Schedule.objects.select_for_update(no_key=True, of=("self",))
    fresh = rows.select_related("customer__partner").get(pk=waiting.pk)
    capability = action_of(fresh.kind).capability
    by = check_actor(actor, capability, customer=fresh.customer)
    # At its time the rights of who scheduled it count, which may reach further than the actor's.
    is_short = fresh.by_id != by.pk and by.reach(capability) == Reach.LIMITED
    if is_short and fresh.request.get("roles"):
        text = _("This schedule gives permissions, which your role can't give.")
        raise Refused(text, code="schedule-beyond-reach")
    if is_short and fresh.items.filter(user__groups__name__in=CUSTOMER_ROLES).exists():
        text = _("Administrators are in this schedule, whom your role can't manage.")
        raise Refused(text, code="schedule-beyond-reach")
    if fresh.state == ScheduleState.BEGUN:
        text = _("It has already begun and can no longer be changed.")
        raise Refused(text, code="schedule-begun")
    if fresh.state != ScheduleState.WAITING:
        raise Refused(_("It is over and can no longer be changed."), code="schedule-over")
    return fresh


def keep_to_clock(customer: Customer, actor: User | None) -> None:
    """Count anew when the customer's schedules are due, by the clock that it has now.

    Their days and times stay as they are. Called when the customer's row is locked and written.
    """
    zone = zone_of(customer)
    waiting = Schedule.objects.filter(customer=customer.pk, state=ScheduleState.WAITING)
    changed, entries = [], []
    for each in waiting.select_for_update(no_key=True).order_by("pk"):
        old = each.due_at
        each.due_at = moment(Due(each.on, each.at), zone)
        if (each.zone, each.due_at) == (zone, old):
            continue
        moved = {"zone": [each.zone, zone], "due_at": [old.isoformat(), each.due_at.isoformat()]}
        each.zone = zone
        changed.append(each)
        known = {"scheduled": each.kind, **moved}
        entries.append(audit.Entry(Action.SCHEDULE_CHANGED, each, known))
    bulk.update(changed, ["zone", "due_at"])
    audit.record(entries, actor=actor, customer=customer)


def keep_to_clocks() -> int:
    """Count anew what is due at another moment since a country has changed its clocks.

    Return of how many customers something is. One query, and a transaction for each of these:
    of the others nothing is locked.
    """
    waiting = Schedule.objects.filter(state=ScheduleState.WAITING).select_related("customer")
    off = {
        each.customer_id
        for each in waiting.defer("request")
        if each.due_at != moment(Due(each.on, each.at), zone_of(each.customer))
    }

    @transactional
    def keep(pk: int) -> int:
        keep_to_clock(Customer.objects.select_for_update(no_key=True).get(pk=pk), None)
        return 1

    return one_by_one("clock_not_kept", sorted(off), keep)


def _log(action: Action, target: Schedule, known: dict[str, Any], actor: User) -> None:
    entry = audit.Entry(action, target, known)
    audit.record([entry], actor=actor, customer=target.customer, reason=target.reason)
