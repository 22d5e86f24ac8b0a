"""Licensed users per customer and product, as they are now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F
from django.db.models.functions import Lower

from customers.models import CustomerQuerySet, primary_domain_of
from licensing.models import (
    LicenseAssignment,
    Subscription,
    SubscriptionQuerySet,
)

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class LicensedRow:
    """One customer's subscription; `blocked` of the assigned seats are with blocked users."""

    subscription: Subscription
    domain: str
    blocked: int


def licensed(customers: CustomerQuerySet) -> SubscriptionQuerySet:
    """Return what these customers have, in the order of names. Canceled ones count nowhere."""
    return (
        Subscription.objects.current()
        .filter(customer__in=customers)
        .select_related("customer", "product")
        .annotate(primary_domain=primary_domain_of("customer"))
        .order_by(Lower("customer__name"), "customer", "product__name", "pk")
    )


def licensed_rows(subscriptions: Iterable[Subscription]) -> list[LicensedRow]:
    """Return rows with a domain and the blocked; one query for all. They come from `licensed`."""
    rows = list(subscriptions)
    customers = list({row.customer_id for row in rows})
    # The customers are the users', so that the database begins with the few who are blocked, not
    # with all who have a subscription. A deleted user holds no license.
    users = {"user__deleted_at": None, "user__blocked_at__isnull": False}
    held = LicenseAssignment.objects.live().filter(customer=F("user__customer"), **users)
    held = held.filter(user__customer__among=customers)
    blocked = dict(held.values_list("subscription").annotate(users=Count("pk")))
    return [
        LicensedRow(row, row.primary_domain or "", blocked.get(row.pk, 0))  # type: ignore[attr-defined]
        for row in rows
    ]
