"""Subscriptions that run short of seats, and users who wait for one by a license rule."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from licensing.models import Subscription, SubscriptionStatus

from ...models import KeptLicense, KeptState, NoticeKind, NoticeSettings
from ...models.notices import SEATS_BELOW
from ...queries.readers import readers_at
from .tales import Known, Tale, settle, standing


def find_seats(now: datetime | None = None) -> int:
    """Tell of subscriptions without a seat left, or with fewer than a reader's own number.

    Who was told that it runs short is told again when nothing is left, and of the same once more
    only after it had as many seats as it should. What was bought in no larger number than that is
    meant to be used up: of it, only that no seat is left is told.
    """
    limits = dict(NoticeSettings.objects.values_list("user_id", "seats_below"))
    most = max([SEATS_BELOW, *limits.values()])
    left = F("quantity") - F("assigned") - F("reserved")
    short = Subscription.objects.filter(status=SubscriptionStatus.ACTIVE, quantity__gt=0)
    short = short.annotate(left=left).filter(Q(left__lt=most) | Q(left=0))
    found = list(short.select_related("product", "customer").order_by("customer", "pk"))
    readers = readers_at({row.customer_id for row in found}, NoticeKind.SEATS)
    known = standing(NoticeKind.SEATS)
    still: set[Known] = set()

    def tales() -> Iterator[Tale]:
        for row in found:
            low, none = f"{row.pk} low", f"{row.pk} none"
            to: list[User] = []
            for user in readers[row.customer_id]:
                below = limits.get(user.pk, SEATS_BELOW)
                if row.available > 0 and not row.available < below < row.quantity:
                    continue
                still.update({(user.pk, low), (user.pk, none)})
                if row.available <= 0 or (user.pk, none) not in known:
                    to.append(user)
            yield Tale(
                low if row.available > 0 else none,
                to,
                row.customer,
                {"product": str(row.product), "available": max(row.available, 0)},
                reverse("licensing:subscription-list", args=[row.customer_id]),
            )

    # They are looked at before they are told, as `still` is known after the last.
    listed = list(tales())
    return settle(NoticeKind.SEATS, listed, now=now or timezone.now(), known=known, still=still)


def find_waiting(now: datetime | None = None) -> int:
    """Tell of subscriptions for whose seats users wait whom a license rule owes one."""
    waiting = KeptLicense.objects.filter(state=KeptState.WAITING).order_by()
    number = dict(
        waiting.values("subscription").annotate(n=Count("pk")).values_list("subscription", "n")
    )
    found = list(Subscription.objects.filter(pk__in=number).select_related("product", "customer"))
    readers = readers_at({row.customer_id for row in found}, NoticeKind.RULE_WAITS)
    tales = [
        Tale(
            str(row.pk),
            readers[row.customer_id],
            row.customer,
            {"product": str(row.product), "users": number[row.pk]},
            reverse("licensing:subscription-list", args=[row.customer_id]),
        )
        for row in found
    ]
    return settle(NoticeKind.RULE_WAITS, tales, now=now or timezone.now())
