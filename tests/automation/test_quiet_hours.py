"""When it is quiet, and when it was last morning."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from automation.models import NoticeSettings
from automation.quiet_hours import is_quiet, last_morning
from tests.automation.services.told import at


@pytest.mark.parametrize(
    ("hours", "local", "quiet"),
    [
        (None, "03:00", False),
        (("20:00", "08:00"), "19:59", False),
        (("20:00", "08:00"), "20:00", True),
        (("20:00", "08:00"), "00:00", True),
        (("20:00", "08:00"), "07:59", True),
        (("20:00", "08:00"), "08:00", False),
        (("12:00", "13:00"), "12:30", True),
        (("12:00", "13:00"), "13:00", False),
    ],
)
def test_hours_may_go_past_midnight(
    hours: tuple[str, str] | None, local: str, *, quiet: bool
) -> None:
    settings = NoticeSettings()
    if hours:
        settings.quiet_from, settings.quiet_to = map(time.fromisoformat, hours)
    assert is_quiet(settings, time.fromisoformat(local)) is quiet


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        ("UTC", "2027-03-01 06:59", "2027-02-28 07:00"),
        ("UTC", "2027-03-01 07:00", "2027-03-01 07:00"),
        ("Asia/Tokyo", "2027-03-01 12:00", "2027-02-28 22:00"),
        ("Europe/Berlin", "2027-03-28 12:00", "2027-03-28 05:00"),
        ("Europe/Berlin", "2027-10-31 12:00", "2027-10-31 06:00"),
        ("Europe/Berlin", "2028-02-29 12:00", "2028-02-29 06:00"),
    ],
)
def test_the_last_morning_is_one_by_the_clock(zone: str, now: str, morning: str) -> None:
    assert last_morning(at(now), ZoneInfo(zone)) == at(morning)
