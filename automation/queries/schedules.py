"""Schedules as lists and pages show them: whose, in what order, and about whom."""

from collections.abc import Sequence

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actions.registry import kinds_open_to
from accounts.models import User
from customers.models import Batch, BatchState, Customer
from customers.roles import Capability, Reach

from ..models import Schedule, ScheduledUser, ScheduleState

# A list names so many users of a schedule, and counts more.
NAMED = 3


def seen_by(user: User) -> QuerySet[Schedule]:
    """Return one's own schedules, and others' of what the role could do or whose log it sees."""
    rows = Schedule.objects.filter(customer__in=Customer.objects.visible_to(user))
    if user.reach(Capability.SEE_ACTIVITY) == Reach.FULL:
        return rows
    return rows.filter(Q(by=user.pk) | Q(kind__in=kinds_open_to(user)))


def ahead(rows: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """Return those that wait for their time, the next one first."""
    return rows.filter(state=ScheduleState.WAITING).order_by("due_at", "pk")


def over(rows: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """Return those that have begun, failed or been canceled, the last one first."""
    return rows.exclude(state=ScheduleState.WAITING).order_by("-due_at", "-pk")


def for_list(rows: QuerySet[Schedule]) -> QuerySet[Schedule]:
    """Load what a row shows, and annotate `number`, of its users."""
    heavy = ("request", "batch__users", "batch__request")
    related = rows.select_related("customer", "by", "batch", "plan").defer(*heavy)
    # Asked of the rows of a page alone: others may have a hundred thousand users each.
    items = ScheduledUser.objects.filter(schedule=OuterRef("pk")).order_by().values("schedule")
    number = items.annotate(number=Count("pk")).values("number")
    return related.annotate(number=Coalesce(Subquery(number), 0))


def names_of(rows: Sequence[Schedule]) -> dict[int, list[str]]:
    """Return the users of those that have few, by name; one query."""
    few = [row.pk for row in rows if row.number <= NAMED]  # type: ignore[attr-defined]
    found: dict[int, list[str]] = {}
    items = ScheduledUser.objects.filter(schedule__in=few).order_by("user__sort_name", "user")
    for pk, name in items.values_list("schedule", "user__display_name"):
        found.setdefault(pk, []).append(name)
    return found


def about(user: User, viewer: User) -> list[Schedule]:
    """Return what waits for this user, as far as the viewer may see it."""
    items = ScheduledUser.objects.filter(user=user.pk).values("schedule")
    found = ahead(seen_by(viewer)).filter(pk__in=items)
    return list(for_list(found))


def is_under_way(schedule: Schedule) -> bool:
    """Return whether it has begun and its batch, which is loaded, is not over."""
    return schedule.state == ScheduleState.BEGUN and is_running(schedule.batch)


def is_running(batch: Batch | None) -> bool:
    """Return whether there is such a batch and it is not over: it may wait for a worker."""
    return batch is not None and batch.state in (BatchState.WAITING, BatchState.RUNNING)
