"""What ends on a day: subscriptions that renew, users who go for good, passwords that expire."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import CredentialSheet, User
from accounts.models.expressions import PASSWORDS_AHEAD
from customers.models import Customer
from licensing.models import Subscription, SubscriptionStatus

from ...models import NoticeKind, NoticeSettings
from ...models.notices import RENEWAL_DAYS
from ...queries.readers import readers_at
from .tales import Tale, settle

# So long before deleted users are removed.
DELETIONS_AHEAD = timedelta(days=3)


def find_renewals(now: datetime | None = None) -> int:
    """Tell of subscriptions that renew within as many days as a reader wants to know before."""
    at = now or timezone.now()
    today = at.astimezone(UTC).date()
    days = dict(NoticeSettings.objects.values_list("user_id", "renewal_days"))
    most = max([RENEWAL_DAYS, *days.values()])
    rows = Subscription.objects.filter(status=SubscriptionStatus.ACTIVE, quantity__gt=0)
    found = [
        (row, renews)
        for row in rows.select_related("product", "customer").iterator()
        if (renews := row.next_renewal(today)) <= today + timedelta(days=most)
    ]
    readers = readers_at({row.customer_id for row, _renews in found}, NoticeKind.RENEWAL)
    tales = [
        Tale(
            f"{row.pk} {renews.isoformat()}",
            [
                user
                for user in readers[row.customer_id]
                if renews <= today + timedelta(days=days.get(user.pk, RENEWAL_DAYS))
            ],
            row.customer,
            {"product": str(row.product), "seats": row.quantity, "on": renews.isoformat()},
            reverse("licensing:subscription-list", args=[row.customer_id]),
        )
        for row, renews in found
    ]
    return settle(NoticeKind.RENEWAL, tales, now=at)


def find_deletions(now: datetime | None = None) -> int:
    """Tell of deleted users who can be restored for three more days at most."""
    at = now or timezone.now()
    due = User.objects.filter(
        deleted_at__isnull=False, purge_after__gt=at, purge_after__lte=at + DELETIONS_AHEAD
    )
    moments = due.filter(customer__isnull=False).values_list("customer_id", "purge_after")
    return _settle_days(
        NoticeKind.DELETION,
        moments,
        lambda customer: reverse("accounts:user-deleted", args=[customer]),
        at,
    )


def find_passwords(now: datetime | None = None) -> int:
    """Tell of users whose temporary password expires within two days, and who never used it."""
    at = now or timezone.now()
    lasts = timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    waiting = User.objects.active().filter(
        customer__isnull=False,
        blocked_at=None,
        must_change_password=True,
        temporary_password_set_at__gt=at - lasts,
        temporary_password_set_at__lte=at - lasts + PASSWORDS_AHEAD,
    )
    set_at = waiting.values_list("customer_id", "temporary_password_set_at")
    return _settle_days(
        NoticeKind.PASSWORD,
        [(customer, moment + lasts) for customer, moment in set_at if moment],
        lambda customer: reverse("accounts:user-list", args=[customer]),
        at,
    )


def find_sheets(now: datetime | None = None) -> int:
    """Remind makers of passwords to hand over when half of the time for it has passed."""
    at = now or timezone.now()
    sheets = CredentialSheet.objects.filter(
        destroyed_at=None, expires_at__gt=at, users__gt=0, by__isnull=False
    )
    tales = [
        Tale(
            str(sheet.pk),
            [sheet.by],
            sheet.customer,
            {"users": sheet.users, "until": sheet.expires_at.isoformat()},
            reverse("accounts:sheet-detail", args=[sheet.customer_id, sheet.pk]),
        )
        for sheet in sheets.select_related("by", "customer")
        if sheet.by and at >= sheet.created_at + (sheet.expires_at - sheet.created_at) / 2
    ]
    return settle(NoticeKind.SHEET, tales, now=at)


def _settle_days(
    kind: NoticeKind,
    moments: Iterable[tuple[int | None, datetime | None]],
    url: Callable[[int], str],
    now: datetime,
) -> int:
    """Tell, once a customer and day, how many of its users something ends for, and when first."""
    of_day: dict[tuple[int, date], list[datetime]] = {}
    for customer, moment in moments:
        if customer is not None and moment is not None:
            of_day.setdefault((customer, moment.astimezone(UTC).date()), []).append(moment)
    pks = {customer for customer, _day in of_day}
    customers = Customer.objects.in_bulk(list(pks))
    readers = readers_at(pks, kind)
    tales = [
        Tale(
            f"{customer} {day.isoformat()}",
            readers[customer],
            customers[customer],
            {"users": len(found), "first": min(found).isoformat()},
            url(customer),
        )
        for (customer, day), found in sorted(of_day.items())
    ]
    return settle(kind, tales, now=now)
