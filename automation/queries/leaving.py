"""What a plan to remove users will do: in which order, on which day, and which seats come free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User, UserQuerySet
from accounts.queries.bulk_preview import Forecast, foresee
from customers.models import BatchKind, Customer
from licensing.models import LicenseAssignment, Subscription

from ..leave_steps import Step, Wanted, in_order
from ..models import KeptLicense, KeptState, PlanKind, ScheduledUser, ScheduleState


@dataclass(frozen=True, slots=True)
class StepForecast:
    """A step, when it comes (None: at once), and what it comes to."""

    step: Step
    at: datetime | None
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Freed:
    """The seats of a subscription that come free, and when (None: at once)."""

    subscription: Subscription
    seats: int
    at: datetime | None

    @property
    def free_then(self) -> int:
        """Return how many are free by then, as things are now."""
        return self.subscription.available + self.seats


def leaving() -> Q:
    """Return the condition of users of whose removal a step waits."""
    waits = ScheduledUser.objects.filter(
        user=OuterRef("pk"),
        schedule__plan__kind=PlanKind.LEAVE,
        schedule__state=ScheduleState.WAITING,
    )
    return Q(Exists(waits))


def foresee_steps(
    wanted: Sequence[Wanted],
    users: Collection[int],
    *,
    customer: Customer,
    actor: User,
    zone: str,
    now: datetime,
) -> list[StepForecast]:
    """Return the steps in the order in which they come; a query each, however many users."""
    found = []
    for one in in_order(wanted, zone, now):
        action = one.step.action
        judged = action.judge(users, customer=customer, actor=actor)
        forecast = foresee(judged, chosen=len(users))
        at = None if one.due is None else one.at(zone, now)
        found.append(StepForecast(one.step, at, forecast))
    return found


def without_license(users: UserQuerySet) -> int:
    """Return how many of them have no license that could be removed."""
    live = LicenseAssignment.objects.live().filter(user=OuterRef("pk"))
    return users.filter(~Exists(live)).count()


def licensed_by_rule(users: UserQuerySet) -> int:
    """Return how many of them have a license that a rule gave, and become exceptions of it."""
    given = KeptLicense.objects.filter(user=OuterRef("pk"), state=KeptState.GIVEN)
    return users.filter(Exists(given)).count()


def freed_seats(steps: Sequence[StepForecast], users: UserQuerySet) -> list[Freed]:
    """Return the seats that come free, by product: with the licenses, or with the account."""
    freeing = (BatchKind.LICENSES, BatchKind.DELETE)
    first = next((one for one in steps if one.step.kind in freeing), None)
    if first is None:
        return []
    live = LicenseAssignment.objects.live().filter(user__in=users.values("pk"))
    held = dict(live.order_by().values_list("subscription").annotate(number=Count("pk")))
    rows = Subscription.objects.for_list().filter(pk__in=held).order_by("product__name", "pk")
    return [Freed(row, held[row.pk], first.at) for row in rows]
