"""The end of the activity log: names are forgotten first, whole events go later.

What goes is what one seal covers, at a time; the seal stays, and is signed with what was done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from ..log.sealed_bytes import mark
from ..models import AuditEvent, AuditNames, AuditSeal
from .transactions import transactional

FORGOTTEN = "names forgotten"
DROPPED = "events dropped"


def forget_names(*, now: datetime | None = None) -> int:
    """Remove the personal side of events older than AUDIT_NAMES_DAYS; return how many events."""
    end = (now or timezone.now()) - timedelta(days=settings.AUDIT_NAMES_DAYS)
    return _each(AuditSeal.objects.filter(names_forgotten_at=None, last_at__lt=end), _forget)


def drop_events(*, now: datetime | None = None) -> int:
    """Remove events older than AUDIT_DAYS; return how many."""
    end = (now or timezone.now()) - timedelta(days=settings.AUDIT_DAYS)
    return _each(AuditSeal.objects.filter(events_dropped_at=None, last_at__lt=end), _drop)


def _each(seals: models.QuerySet[AuditSeal], act: Callable[[int], int]) -> int:
    gone = 0
    while pks := list(seals.order_by("number").values_list("pk", flat=True)[:100]):
        gone += sum(act(pk) for pk in pks)
    return gone


@transactional
def _forget(pk: int) -> int:
    seal = AuditSeal.objects.select_for_update(no_key=True).get(pk=pk)
    if seal.names_forgotten_at is not None:
        return 0
    _sign_forgotten(seal, timezone.now())
    seal.save(update_fields=["names_forgotten_at", "names_forgotten_mark", "names_salt"])
    _retire(seal, names_only=True)
    return seal.count


@transactional
def _drop(pk: int) -> int:
    seal = AuditSeal.objects.select_for_update(no_key=True).get(pk=pk)
    if seal.events_dropped_at is not None:
        return 0
    now, fields = timezone.now(), ["events_dropped_at", "events_dropped_mark"]
    if seal.names_forgotten_at is None:
        _sign_forgotten(seal, now)
        fields += ["names_forgotten_at", "names_forgotten_mark", "names_salt"]
    seal.events_dropped_at, seal.events_dropped_mark = now, mark(DROPPED, seal, now)
    seal.save(update_fields=fields)
    _retire(seal, names_only=False)
    return seal.count


def _sign_forgotten(seal: AuditSeal, now: datetime) -> None:
    seal.names_forgotten_at, seal.names_forgotten_mark = now, mark(FORGOTTEN, seal, now)
    seal.names_salt = ""


def _retire(seal: AuditSeal, *, names_only: bool) -> None:
    """Delete what the seal covers; PostgreSQL does so by this function of the owner's alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT retire_audit_events(%s, %s)", [seal.pk, names_only])
        return
    events = AuditEvent.objects.filter(
        partner=seal.partner_id, pk__gte=seal.first_id, pk__lte=seal.last_id
    )
    names = AuditNames.objects.filter(event__in=events.values("pk"))
    names._raw_delete(names.db)  # noqa: SLF001 - the collector would load every row
    if not names_only:
        events._raw_delete(events.db)  # noqa: SLF001
