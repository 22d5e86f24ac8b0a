"""An activity log to seal and to tamper with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.actions import Action
from customers.log.verification import Verification
from customers.models import AuditEvent, AuditNames, Partner


def write(
    partner: Partner | None, number: int = 1, *, days_ago: int = 0, start: int | None = None
) -> list[int]:
    """Events of this partner, or of none; their ids. From `start` on every second id is left."""
    at = timezone.now() - timedelta(days=days_ago)
    ids = []
    for place in range(number):
        key = None if start is None else start + 2 * place
        event = AuditEvent.objects.create(pk=key, **columns(partner, place, at))
        AuditNames.objects.create(
            event=event,
            actor="Alice (alice@fabrikam.example)",
            target=f"Person {place}",
            changes={"first_name": ["", f"Zoë {place}"]},
        )
        ids.append(event.pk)
    return ids


def columns(partner: Partner | None, place: int, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "partner": partner,
        "batch_id": place,
        "actor_id": 7,
        "action": Action.USER_CHANGED,
        "target_type": "user",
        "target_id": 1_000 + place,
        "reason": f"Ticket {place}",
        "changes": {"usage_location": ["SE", "NO"], "blocked": [False, True], "none": None},
    }


def findings(expected: dict[int, str] | None = None) -> list[str]:
    return list(Verification(expected or {}).findings())


@contextmanager
def by_force() -> Iterator[None]:
    """As someone who owns the database, whom no trigger stops."""
    if connection.vendor != "postgresql":
        yield
        return
    execute("SET session_replication_role = replica")
    yield
    execute("SET session_replication_role = origin")


def tamper(sql: str, params: Sequence[Any] = ()) -> None:
    with by_force():
        assert execute(sql, params) > 0, "nothing was tampered with"


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
