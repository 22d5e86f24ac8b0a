"""How long a temporary password works."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.expiry import (
    end_of_days,
    password_until,
    temporary_password_expired,
    temporary_password_from,
)


def test_the_days_count_from_the_start_where_that_is_later(settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 7
    made = timezone.now() - timedelta(days=8)
    starts = made + timedelta(days=3)
    user = User(temporary_password_set_at=made)
    assert (temporary_password_from(user), temporary_password_expired(user)) == (made, True)
    assert password_until(user) == made + timedelta(days=7)
    user.starts_at = starts
    assert (temporary_password_from(user), temporary_password_expired(user)) == (starts, False)
    assert password_until(user) == starts + timedelta(days=7)


def test_none_without_a_password_and_none_beyond_the_calendar(settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 7
    assert not temporary_password_expired(User())
    last = datetime.max.replace(tzinfo=UTC)
    assert end_of_days(last) == last
