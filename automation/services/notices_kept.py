"""How long notices are kept: those that are over and long ago go, with the emails of them."""

from datetime import datetime, timedelta

from django.utils import timezone

from ..models import Letter, Notice, NoticeKind

KEPT = timedelta(days=90)
# These stand for as long as they are so: without them it would be told anew.
STANDING = (NoticeKind.SEATS, NoticeKind.RULE_WAITS, NoticeKind.SILENT)
CHUNK = 5_000


def forget_notices(now: datetime | None = None) -> int:
    """Delete notices of 90 days ago, unless they are still so; return how many."""
    edge = (now or timezone.now()) - KEPT
    old = Notice.objects.filter(told_at__lt=edge).exclude(kind__in=STANDING, ended_at=None)
    gone = 0
    # A portion at a time, so that no lock is held for long.
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        gone += Notice.objects.filter(pk__among=keys).delete()[0]
    Letter.objects.filter(created_at__lt=edge).delete()
    return gone
