"""What waits for the first day of new users: licenses, with or without a reserved seat, passwords.

The users are there already, so that no schedule has a name in it. Each schedule is of those for
whom the same is to be done on the same day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time

from accounts.models import User
from accounts.services.licenses import LicenseChange
from accounts.services.users.starts import Joiner, today_of
from customers.models import Batch, BatchKind, Customer
from customers.services import batches

from ..due import Due
from ..models import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState
from . import schedules

MIDNIGHT = time(0)


def plan_joining(
    joiners: Sequence[Joiner], customer: Customer, actor: User, batch: Batch
) -> SchedulePlan:
    """Schedule what is to be done on the first days; called in the transaction that adds users."""
    plan = SchedulePlan.objects.create(
        customer=customer,
        kind=PlanKind.JOIN,
        by=actor,
        key=batches.new_key(),
        reason=batch.reason,
    )
    licensed: dict[tuple[date, tuple[tuple[int, tuple[str, ...]], ...]], list[int]] = {}
    nameless: dict[date, list[int]] = {}
    for joiner in joiners:
        wanted = sorted((own.subscription_id, own.services_off) for own in joiner.licenses)
        if wanted:
            licensed.setdefault((joiner.on, tuple(wanted)), []).append(joiner.user_id)
        if joiner.password:
            nameless.setdefault(joiner.on, []).append(joiner.user_id)
    steps = {"customer": customer, "actor": actor, "plan": plan}
    for (day, wanted_by_all), users in sorted(licensed.items()):
        changes = {
            str(pk): LicenseChange(have=True, switch_off=frozenset(off)).as_json()
            for pk, off in wanted_by_all
        }
        request = {"changes": changes, "as_many_as_fit": True}
        due = Due(day, MIDNIGHT)
        schedules.schedule(BatchKind.LICENSES, users, due=due, request=request, **steps)  # type: ignore[arg-type]
    for day, users in sorted(nameless.items()):
        schedules.schedule(BatchKind.RESET, users, due=Due(day, MIDNIGHT), **steps)  # type: ignore[arg-type]
    return plan


def move_joining(days: Mapping[int, date], customer: Customer, actor: User) -> None:
    """Move what waits for the first day of these users to the new one; do it now where that is
    today.
    """
    waiting = Schedule.objects.filter(
        customer=customer, state=ScheduleState.WAITING, plan__kind=PlanKind.JOIN
    )
    items = ScheduledUser.objects.filter(user__among=list(days))
    # None of them begins, or loses users, while it is taken apart: after the customer, as all do.
    schedules.zone_locked(customer)
    rows = waiting.filter(pk__in=items.values("schedule")).order_by("pk")
    locked = list(rows.select_for_update(no_key=True, of=("self",)))
    items = items.filter(schedule__in=[row.pk for row in locked])
    moving: dict[int, dict[date, list[int]]] = {}
    for pk, user in items.order_by("schedule", "user").values_list("schedule", "user"):
        moving.setdefault(pk, {}).setdefault(days[user], []).append(user)
    for pk, users_of in moving.items():
        for day, users in sorted(users_of.items()):
            _move(waiting.get(pk=pk), users, day, actor)


def _move(waiting: Schedule, users: Sequence[int], day: date, actor: User) -> None:
    """Move a schedule as far as it is about these users."""
    now = day <= today_of(waiting.customer)
    own = waiting
    if waiting.items.exclude(user__among=users).exists():
        # Of a day to come, whether it is done now or then.
        due = Due(waiting.on if now else day, MIDNIGHT)
        own = schedules.schedule(
            BatchKind(waiting.kind),
            users,
            customer=waiting.customer,
            actor=actor,
            due=due,
            request=waiting.request,
            reason=waiting.reason,
            plan=waiting.plan,
        )
        waiting.items.filter(user__among=users).delete()
    elif not now:
        schedules.move(waiting, Due(day, waiting.at), actor=actor)
    if now:
        schedules.run_now(own, actor=actor)
