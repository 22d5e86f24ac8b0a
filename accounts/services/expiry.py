"""How long a temporary password works."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ..models import User


def temporary_password_expired(user: User) -> bool:
    """Whether the user's temporary password can't be signed in with any more."""
    given = temporary_password_from(user)
    if given is None:
        return False
    return given <= timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)


def temporary_password_from(user: User) -> datetime | None:
    """Return from when on the days of the user's temporary password count: not before the start."""
    if user.temporary_password_set_at is None or user.starts_at is None:
        return user.temporary_password_set_at
    return max(user.temporary_password_set_at, user.starts_at)


def password_until(user: User) -> datetime:
    """Return when the user's temporary password expires; of one without, a new one."""
    return end_of_days(temporary_password_from(user) or timezone.now())


def end_of_days(begun: datetime) -> datetime:
    """Return when a temporary password expires whose days count from this moment."""
    days = timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    # No sum is a moment after the last one of the calendar.
    return min(begun, datetime.max.replace(tzinfo=UTC) - days) + days
