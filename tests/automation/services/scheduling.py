"""Schedules as tests make them: at Contoso, whose clock is New York's."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services import running
from automation.due import Due, due_at
from automation.models import Schedule
from automation.services.due_running import run_due
from automation.services.schedules import schedule
from customers.models import Batch, BatchKind
from tests.support.cast import Cast


def in_days(days: float) -> Due:
    return due_at(timezone.now() + timedelta(days=days), "America/New_York")


def scheduled(cast: Cast, *users: User, **other: Any) -> Schedule:
    """A block of these, or of uma, in a week; by alice."""
    ids = [user.pk for user in users or (cast.uma,)]
    kind = BatchKind(other.pop("kind", "block"))
    values: dict[str, Any] = {
        "customer": cast.contoso,
        "actor": cast.alice,
        "due": in_days(7),
    } | other
    return schedule(kind, ids, **values)


def later(days: float = 8) -> datetime:
    return timezone.now() + timedelta(days=days)


def begun(now: datetime | None = None) -> list[Batch]:
    """Begin what is due in eight days, and run the batches that this leaves."""
    run_due(now or later())
    found = list(Batch.objects.filter(via="schedule").order_by("pk"))
    for batch in found:
        running.run_batch(batch.pk)
        batch.refresh_from_db()
    return found
