"""The end of the activity log: names are forgotten first, whole events go later.

What goes is what one seal covers, at a time; the seal stays, and is signed with what was done.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from ..log.sealed_bytes import mark
from ..models import AuditEvent, AuditNames, AuditSeal
from ..postgresql.roles import MARKS
from .transactions import transactional

FORGOTTEN = "names forgotten"
DROPPED = "events dropped"


def forget_names(*, now: datetime | None = None) -> int:
    """Remove the personal side of events older than AUDIT_NAMES_DAYS; return how many events."""
    end = (now or timezone.now()) - timedelta(days=settings.AUDIT_NAMES_DAYS)
    seals = AuditSeal.objects.filter(names_forgotten_at=None, last_at__lt=end)
    return _retire_all(seals, names_only=True)


def drop_events(*, now: datetime | None = None) -> int:
    """Remove events older than AUDIT_DAYS; return how many."""
    end = (now or timezone.now()) - timedelta(days=settings.AUDIT_DAYS)
    seals = AuditSeal.objects.filter(events_dropped_at=None, last_at__lt=end)
    return _retire_all(seals, names_only=False)


def _retire_all(seals: models.QuerySet[AuditSeal], *, names_only: bool) -> int:
    gone = 0
    while pks := list(seals.order_by("number").values_list("pk", flat=True)[:100]):
        gone += sum(_retire(pk, names_only=names_only) for pk in pks)
    return gone


@transactional
def _retire(pk: int, *, names_only: bool) -> int:
    """Sign the seal with what is done, and delete what it covers; return how many events."""
    seal = AuditSeal.objects.select_for_update(no_key=True).get(pk=pk)
    if (seal.names_forgotten_at if names_only else seal.events_dropped_at) is not None:
        return 0
    now = timezone.now()
    if seal.names_forgotten_at is None:
        seal.names_forgotten_at, seal.names_forgotten_mark = now, mark(FORGOTTEN, seal, now)
        seal.names_salt = ""
    if not names_only:
        seal.events_dropped_at, seal.events_dropped_mark = now, mark(DROPPED, seal, now)
    seal.save(update_fields=MARKS)
    if connection.vendor == "postgresql":
        # By this function of the owner's alone.
        with connection.cursor() as cursor:
            cursor.execute("SELECT retire_audit_events(%s, %s)", [pk, names_only])
        return seal.count
    events = AuditEvent.objects.filter(
        partner=seal.partner_id, pk__gte=seal.first_id, pk__lte=seal.last_id
    )
    names = AuditNames.objects.filter(event__in=events.values("pk"))
    names._raw_delete(names.db)  # noqa: SLF001 - the collector would load every row
    if not names_only:
        events._raw_delete(events.db)  # noqa: SLF001
    return seal.count
