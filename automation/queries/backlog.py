"""How much of what is done by itself waits longer than it should: what an alarm asks for."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.queries.backlog import Waiting, waiting_of

from ..models import Letter, LetterState, ReportMail, Schedule, ScheduleState, Unsettled


def waiting() -> dict[str, Waiting]:
    """Return what waits, of every partner, and for how long; a query each.

    What waits for its day, or until a mail server is tried again, waits for no worker.
    """
    now = timezone.now()
    works: dict[str, tuple[QuerySet[Any], str]] = {
        "schedules": (
            Schedule.objects.filter(state=ScheduleState.WAITING, due_at__lte=now),
            "due_at",
        ),
        "rules": (Unsettled.objects.all(), "created_at"),
        "notices": (Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now), "due_at"),
        "reports": (ReportMail.objects.due(), "waiting_since"),
    }
    return {name: waiting_of(rows, since) for name, (rows, since) in works.items()}
