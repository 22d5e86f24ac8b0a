"""What was asked for and answered is not kept for good: the log has what was done."""

from datetime import datetime, timedelta

from django.utils import timezone

from ...models import LicenseRequest

KEPT = timedelta(days=180)
PORTION = 2_000


def forget_requests(now: datetime | None = None) -> int:
    """Delete requests that were answered half a year ago; return how many."""
    end = (now or timezone.now()) - KEPT
    old = LicenseRequest.objects.filter(answered_at__lt=end)
    forgotten = 0
    while keys := list(old.order_by("answered_at").values_list("pk", flat=True)[:PORTION]):
        forgotten += LicenseRequest.objects.filter(pk__in=keys).delete()[0]
    return forgotten
