"""The figures as they are now: what tonight's row of a day is made of."""

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from licensing.models import LicenseAssignment, SubscriptionQuerySet, SubscriptionStatus

from ...models import SeatMonth

CANCELED = Q(status=SubscriptionStatus.CANCELED)


def in_month(subscriptions: SubscriptionQuerySet, month: str) -> SubscriptionQuerySet:
    """Return those that are current, or were so on a night of the month, which `month` names."""
    was = SeatMonth.objects.filter(subscription=OuterRef("pk"), month=OuterRef(month))
    return subscriptions.filter(~CANCELED | Exists(was))


def bought_now() -> Combinable:
    """Return the seats of a subscription; of a canceled one, none."""
    return Case(When(CANCELED, then=0), default=F("quantity"), output_field=IntegerField())


def blocked_now() -> Combinable:
    """Return how many seats of a subscription are assigned to blocked users.

    The customer's blocked users are asked for, who are few and have an index.
    """
    held = LicenseAssignment.objects.live().filter(
        subscription=OuterRef("pk"),
        user__customer=OuterRef("customer"),
        user__deleted_at=None,
        user__blocked_at__isnull=False,
    )
    found = held.order_by().values("subscription").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)
