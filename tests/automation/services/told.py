"""Notices for tests, told at a moment."""

from datetime import UTC, datetime, time
from email.message import EmailMessage
from typing import Any

from accounts.models import User
from automation.models import Notice, NoticeKind, NoticeSettings
from automation.services.telling import tell
from customers.models import Customer


def at(text: str) -> datetime:
    """A moment of UTC: "2027-03-01 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


FACTS: dict[NoticeKind, dict[str, Any]] = {
    NoticeKind.SEATS: {"product": "Teams", "available": 0},
    NoticeKind.SILENT: {"name": "Personio", "since": "2027-02-01T12:00:00+00:00"},
    NoticeKind.SCHEDULE_FAILED: {"action": "block", "users": 3},
    NoticeKind.SCHEDULE_DONE: {"action": "block", "users": 3},
    NoticeKind.RENEWAL: {"product": "Teams", "seats": 10, "on": "2027-04-01"},
}


def told(
    user: User, kind: NoticeKind, when: datetime, key: str = "one", customer: Customer | None = None
) -> Notice:
    tell(
        kind,
        [user],
        subject_key=key,
        customer=customer,
        facts=FACTS[kind],
        url="/customers/",
        now=when,
    )
    return Notice.objects.get(user=user, kind=kind, subject_key=key, ended_at=None)


def quiet(user: User, start: str, end: str) -> None:
    hours = {"quiet_from": time.fromisoformat(start), "quiet_to": time.fromisoformat(end)}
    NoticeSettings.objects.update_or_create(user=user, defaults=hours)


def mails(mailbox: list[EmailMessage]) -> list[tuple[str, str]]:
    return [(mail["To"], mail["Subject"]) for mail in mailbox]
