"""Seals on the activity log, made behind the writers' backs: no write waits for one."""

import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..log.sealed_bytes import COLUMNS, VERSION, Digest, newest_key, seal_hash
from ..models import AuditEvent, AuditSeal, Partner
from .transactions import transactional

logger = structlog.get_logger(__name__)

# Events under one seal at most: what retention drops in one transaction.
SEGMENT = 10_000
PAGE = 2_000
# How long to wait for those who are writing; then it is left to the next run.
PATIENCE = 10.0
# Any number that nobody else takes a PostgreSQL advisory lock on.
LOCK = 7_214_338_501

# A writer who draws an id of the log holds this lock on its sequence until the transaction ends.
_DRAWING = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND relation = pg_get_serial_sequence(%s, 'id')::regclass
"""


def seal_events(*, patience: float = PATIENCE) -> int:
    """Seal all events that are there for good; return how many. Two of these never work at once.

    The last seal goes to the server's log, so that a cut end of the chain shows.
    """
    until = settled_id(patience)
    if until is None:
        logger.warning("audit_not_sealed", reason="a transaction is still writing")
        return 0
    sealed, last = 0, None
    for partner in _waiting(until):
        while seal := _seal_next(partner, until):
            sealed, last = sealed + seal.count, seal
    if last is not None:
        if connection.vendor == "postgresql":
            # One row for each log in place of one for each statement (see AuditCount).
            with connection.cursor() as cursor:
                cursor.execute("SELECT add_up_audit_counts()")
        logger.info(
            "audit_sealed",
            seal=last.number,
            partner=last.partner_id,
            last=last.last_id,
            count=last.count,
            hash=last.hash,
        )
    return sealed


def settled_id(patience: float = PATIENCE) -> int | None:
    """Return the id up to which no event can turn up any more, or None if writers take too long.

    Ids come from a sequence, and a transaction may commit a low one late. Those who can still do
    so have drawn before the newest id that is seen, so that they hold the sequence's lock now:
    once all of them have ended, what is not there never will be. Writers who come later draw higher
    ids and are not waited for. SQLite has one writer, who commits in the order of the ids.
    """
    newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if connection.vendor != "postgresql":
        return newest
    end = time.monotonic() + patience
    writers = _drawing()
    while writers:
        if time.monotonic() > end:
            return None
        time.sleep(0.02)
        writers &= _drawing()
    return newest


def _drawing() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DRAWING, [AuditEvent._meta.db_table])
        return {name for (name,) in cursor.fetchall()}


def _waiting(until: int) -> list[int | None]:
    """Return the partners whose log has events without a seal, None for nobody's log."""
    last = AuditSeal.objects.filter(partner=OuterRef(OuterRef("pk"))).order_by("-last_id")
    events = AuditEvent.objects.filter(
        partner=OuterRef("pk"),
        pk__gt=Coalesce(Subquery(last.values("last_id")[:1]), 0),
        pk__lte=until,
    )
    partners = Partner.objects.filter(Exists(events)).order_by("pk").values_list("pk", flat=True)
    nobodys: list[int | None] = [None] if _unsealed(None, until).exists() else []
    return [*nobodys, *partners]


def _unsealed(partner: int | None, until: int) -> models.QuerySet[AuditEvent]:
    last = AuditSeal.objects.of_owner(partner).order_by("-last_id").values_list("last_id").first()
    after = last[0] if last else 0
    return AuditEvent.objects.filter(partner=partner, pk__gt=after, pk__lte=until)


def _seal_next(partner: int | None, until: int) -> AuditSeal | None:
    """Make the next seal on this log. Return None where there is nothing to seal, or another seals.

    The events are read before the transaction: on SQLite all writers wait for its end.
    """
    seal = AuditSeal(
        partner_id=partner,
        version=VERSION,
        key_id=newest_key(),
        names_salt=secrets.token_hex(32),
    )
    digest = Digest(seal.version, seal.key_id, seal.names_salt)
    for pk, at, row in _segment(_unsealed(partner, until)):
        digest.add(row)
        if digest.count == 1:
            seal.first_id, seal.last_at = pk, at
        seal.last_id, seal.last_at = pk, max(seal.last_at, at)
    if not digest.count:
        return None
    seal.count, seal.events_hash, seal.names_hash = (
        digest.count,
        digest.events_hash,
        digest.names_hash,
    )
    return seal if _append(seal) else None


@transactional
def _append(seal: AuditSeal) -> bool:
    """Make the seal the last of the chain. Return False if another seals or has sealed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Until the end of the transaction. It saves work: that two seals have one number, the
            # database refuses.
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return False
    own = AuditSeal.objects.of_owner(seal.partner_id)
    if own.filter(last_id__gte=seal.first_id).exists():
        return False
    before = AuditSeal.objects.order_by("-number").first()
    seal.number = before.number + 1 if before else 1
    seal.previous = before.hash if before else ""
    seal.made_at = timezone.now()
    seal.hash = seal_hash(seal)
    seal.save(force_insert=True)
    return True


def _segment(
    events: models.QuerySet[AuditEvent],
) -> Iterator[tuple[int, datetime, tuple[Any, ...]]]:
    """Yield the next events: so many, and of one day, as names are forgotten by the day.

    Each event comes with its id, its time and its columns.
    """
    rows = events.order_by("pk").values_list("pk", "at", *COLUMNS)
    day, last, left = None, 0, SEGMENT
    while left and (page := list(rows.filter(pk__gt=last)[: min(PAGE, left)])):
        for pk, at, *row in page:
            day = day or at.date()
            if at.date() != day:
                return
            yield pk, at, tuple(row)
        last, left = page[-1][0], left - len(page)
