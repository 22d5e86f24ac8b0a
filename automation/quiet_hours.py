"""When no email of notices goes to a user, by the clock of the user's own zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .models import NoticeSettings

# When the daily email is written.
MORNING = time(7)


def is_quiet(settings: NoticeSettings, local: time) -> bool:
    """Return whether it is quiet at this time of the user's day; hours may go past midnight.

    It is the clock that counts: an hour that is skipped is not waited for, one that comes twice is
    quiet twice.
    """
    start, end = settings.quiet_from, settings.quiet_to
    if start is None or end is None:
        return False
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def last_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when it was last morning in the zone, in UTC."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
