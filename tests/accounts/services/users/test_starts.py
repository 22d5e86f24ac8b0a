"""First days: when they begin, whom they keep out, and what waits for them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.expiry import temporary_password_expired
from accounts.services.users import License, NewUser, add_users
from accounts.services.users.new_users import SeatsUntil, Start
from accounts.services.users.starts import begin_of, check_day, today_of
from accounts.signin.admission import Credential, NotAdmitted, admit
from customers import scope
from customers.errors import Refused
from customers.models import Customer
from customers.scope import NOBODY
from licensing.errors import RulesBroken, SeatsShort
from licensing.models import SeatReservation, Subscription
from tests.accounts.verbs import held, subscribe
from tests.support.cast import Cast


def day_in(cast: Cast, days: int) -> date:
    return today_of(cast.contoso) + timedelta(days=days)


def add(cast: Cast, *names: str, start: Start | None = None, pool: Subscription | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201
    domain = cast.contoso.domains.get()
    licenses = (License(pool.pk, ("CHAT",)),) if pool else ()
    new = [
        NewUser(name, domain, name.title(), {"usage_location": "US"}, (), licenses, start)
        for name in names
    ]
    return add_users(new, customer=cast.contoso, actor=cast.alice)


def seats(pool: Subscription) -> tuple[int, int]:
    row = Subscription.objects.get(pk=pool.pk)
    return row.assigned, row.reserved


@pytest.mark.parametrize(
    ("zone", "country", "begin"),
    [
        ("Europe/Berlin", "US", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("", "DE", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("", "US", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("Nowhere/Else", "", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_day_begins_by_the_customers_clock(zone: str, country: str, begin: datetime) -> None:
    customer = Customer(time_zone=zone, country=country)
    assert begin_of(date(2026, 3, 1), customer) == begin


def test_where_midnight_is_skipped_the_day_begins_after_it() -> None:
    """In Beirut clocks go from 00:00 to 01:00."""
    customer = Customer(time_zone="Asia/Beirut")
    assert begin_of(date(2026, 3, 29), customer) == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_a_first_day_is_ahead_and_not_too_far(cast: Cast) -> None:
    check_day(day_in(cast, 1), cast.contoso)
    with pytest.raises(Refused, match="must be in the future") as caught:
        check_day(day_in(cast, 0), cast.contoso)
    assert (caught.value.code, caught.value.field) == ("start-not-ahead", "starts_on")
    with pytest.raises(Refused, match="within the next 2 years"):
        check_day(day_in(cast, 800), cast.contoso)


def test_nobody_comes_in_before_the_first_day(cast: Cast) -> None:
    added = add(cast, "jo", start=Start(day_in(cast, 3)))
    [user] = added.users
    assert user.starts_on == day_in(cast, 3)
    with (
        scope.within(NOBODY),
        pytest.raises(NotAdmitted, match="This account can be used from ") as caught,
    ):
        admit(user, Credential(epoch=user.session_epoch))
    assert caught.value.code == "not-started-yet"
    User.objects.filter(pk=user.pk).update(starts_at=timezone.now())
    user.refresh_from_db()
    with scope.within(NOBODY):
        assert admit(user, Credential(epoch=user.session_epoch), leads=True).user == user
    assert violations() == []


def test_the_days_of_a_temporary_password_count_from_the_first_day(
    cast: Cast, settings: Settings
) -> None:
    [user] = add(cast, "jo", start=Start(day_in(cast, 30))).users
    settings.TEMPORARY_PASSWORD_DAYS = 14
    long_ago = timezone.now() - timedelta(days=20)
    user.temporary_password_set_at = long_ago
    assert not temporary_password_expired(user)
    user.starts_at = timezone.now() - timedelta(days=13)
    assert not temporary_password_expired(user)
    user.starts_at = timezone.now() - timedelta(days=15)
    assert temporary_password_expired(user)


def test_seats_are_reserved_until_then(cast: Cast) -> None:
    pool = subscribe(cast, quantity=2)
    start = Start(day_in(cast, 3), SeatsUntil.RESERVE)
    added = add(cast, "jo", "kim", start=start, pool=pool)
    assert seats(pool) == (0, 2)
    assert set(SeatReservation.objects.values_list("user", flat=True)) == {
        user.pk for user in added.users
    }
    with pytest.raises(SeatsShort):
        add(cast, "lou", pool=pool)
    with pytest.raises(SeatsShort):
        add(cast, "lou", start=start, pool=pool)
    assert violations() == []


def test_seats_are_assigned_now_or_left_for_others(cast: Cast) -> None:
    pool = subscribe(cast, quantity=1)
    add(cast, "jo", start=Start(day_in(cast, 3), SeatsUntil.THEN), pool=pool)
    assert seats(pool) == (0, 0)
    [user] = add(cast, "kim", start=Start(day_in(cast, 3)), pool=pool).users
    assert held(user) == [("Teams", ["CHAT"])]
    assert seats(pool) == (1, 0)


def test_what_can_not_be_held_is_refused_today(cast: Cast) -> None:
    pool = subscribe(cast)
    pool.product.blocked_countries = ["US"]
    pool.product.save()
    for way in (SeatsUntil.RESERVE, SeatsUntil.THEN):
        with pytest.raises(RulesBroken):
            add(cast, "jo", start=Start(day_in(cast, 3), way), pool=pool)
    assert seats(pool) == (0, 0)


def test_without_a_password_until_then_there_is_no_sheet(cast: Cast) -> None:
    added = add(cast, "jo", start=Start(day_in(cast, 3), password_then=True))
    assert added.made is None
    assert "sheet" not in added.batch.request
    [user] = added.users
    assert not user.has_usable_password()
    assert (user.must_change_password, user.temporary_password_set_at) == (False, None)
    with pytest.raises(ValueError, match="made later"):
        added.sheet  # noqa: B018
    assert violations() == []
