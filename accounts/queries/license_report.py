"""Licensed users per customer and product, as they are now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Count, F, Sum
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from customers.formats import exact
from customers.models import CustomerQuerySet, primary_domain_of
from licensing.models import (
    LicenseAssignment,
    LicenseAssignmentQuerySet,
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


@dataclass(frozen=True, slots=True)
class LicensedTotal:
    bought: int
    assigned: int
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
    held = _blocked().filter(user__customer__among=customers)
    blocked = dict(held.values_list("subscription").annotate(users=Count("pk")))
    return [
        LicensedRow(row, row.primary_domain or "", blocked.get(row.pk, 0))  # type: ignore[attr-defined]
        for row in rows
    ]


def licensed_cells(subscriptions: SubscriptionQuerySet, at: datetime) -> Iterator[Sequence[str]]:
    """Yield the report as rows of text, headings first, while it is read."""
    yield (
        *(_("Customer"), _("Primary domain"), _("Product"), _("SKU"), _("Status")),
        *(_("Seats bought"), _("Assigned"), _("Assigned to blocked users"), _("As of")),
    )
    found, as_of = subscriptions.iterator(chunk_size=CHUNK), exact(at)
    while chunk := list(islice(found, CHUNK)):
        for row in licensed_rows(chunk):
            held = row.subscription
            yield (
                *(held.customer.name, row.domain, held.product.name, held.product.sku),
                *(str(held.get_status_display()), str(held.quantity), str(held.assigned)),
                *(str(row.blocked), as_of),
            )


def licensed_total(customers: CustomerQuerySet) -> LicensedTotal:
    current = Subscription.objects.current().filter(customer__in=customers)
    sums = current.aggregate(bought=Sum("quantity"), assigned=Sum("assigned"))
    blocked = _blocked().filter(user__customer__in=customers)
    return LicensedTotal(sums["bought"] or 0, sums["assigned"] or 0, blocked.count())


def _blocked() -> LicenseAssignmentQuerySet:
    """Return live licenses of blocked users, so that the database begins with these few.

    Ask for the customers of the users: a subscription would lead it to all who have it. A deleted
    user holds no license, and the index has the living alone.
    """
    users = {"user__deleted_at": None, "user__blocked_at__isnull": False}
    return LicenseAssignment.objects.live().filter(customer=F("user__customer"), **users)
