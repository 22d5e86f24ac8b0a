"""Filter users by…: by use, by domain and by fields that many have alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.queries.filters import read_filter
from accounts.queries.selections import matching_users
from customers.models import Customer
from tests.factories import CustomerFactory, DomainFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import told

Get = Callable[[str], Any]
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay")


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    """Ben and Dan have a temporary password."""
    customer = CustomerFactory.create(partner=cast.fabrikam, domain="wood.example")
    for name in NAMES:
        UserFactory.create(customer=customer, first_name=name, temporary=name in {"Ben", "Dan"})
    return customer


@pytest.fixture
def get(client: Client, cast: Cast, woodgrove: Customer) -> Get:
    client.force_login(cast.alice)
    return lambda query: client.get(f"/customers/{woodgrove.pk}/users/?{query}")


def names(response: Any) -> list[str]:
    return [row.display_name.partition(" ")[0] for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter=expired", "Ben"),
        ("filter=expiring", "Dan"),
        ("filter=expired&filter=must-change", "Ben"),
        ("filter=expired,expiring", ""),
        ("filter=never-signed-in", "Ada Ben Dan"),
        ("filter=signed-in-before&date=2026-03-10", "Cleo Eve"),
        ("filter=signed-in-before&date=2026-03-09", "Cleo"),
        ("filter=signed-in-before&date=2026-03-08", ""),
        # A date alone asks for nothing: without a script an empty choice sends it along.
        ("date=2026-03-09", "Ada Ben Cleo Dan Eve Fay"),
        ("domain=mail.wood.example", "Eve"),
        ("domain=MAIL.wood.example", "Eve"),
        ("domain=wood.example&filter=never-signed-in", "Ada Ben Dan"),
        ("domain=contoso.example", ""),
        ("department=Sales&title=Clerk", "Fay"),
        ("department=Sales&location=NO", "Ada"),
    ],
)
def test_who_is_let_through_by_use_and_fields(
    get: Get, woodgrove: Customer, query: str, expected: str
) -> None:
    _used(woodgrove)
    response = get(query)
    assert " ".join(names(response)) == expected
    assert response.context["problems"] == ()
    stored = read_filter(QueryDict(query)).query()
    for again in (matching_users(woodgrove, QueryDict(query)), matching_users(woodgrove, stored)):
        assert {user.first_name for user in again} == set(expected.split())
    whole = User.objects.filter(read_filter(stored).whole_condition(), customer=woodgrove)
    assert {user.first_name for user in whole} == set(expected.split())


def _used(customer: Customer) -> None:
    """Cleo and Eve signed in in March, Fay today; Ben's password has expired, Dan's is about to."""
    customer.users.active().update(last_login=None)
    moments = {"Cleo": (8, 12), "Eve": (9, 23)}
    for name, (day, hour) in moments.items():
        signed_in = datetime(2026, 3, day, hour, tzinfo=timezone.get_current_timezone())
        customer.users.filter(first_name=name).update(last_login=signed_in)
    now, lasts = timezone.now(), timedelta(days=django_settings.TEMPORARY_PASSWORD_DAYS)
    customer.users.filter(first_name="Fay").update(
        last_login=now, department="Sales", job_title="Clerk"
    )
    customer.users.filter(first_name="Ada").update(department="Sales", usage_location="NO")
    given = {"Ben": now - lasts, "Dan": now - lasts + timedelta(hours=47)}
    for name, moment in given.items():
        customer.users.filter(first_name=name).update(temporary_password_set_at=moment)
    other = DomainFactory.create(customer=customer, name="mail.wood.example", is_primary=False)
    eve = customer.users.get(first_name="Eve")
    eve.user_name, eve.domain = "eve@mail.wood.example", other
    eve.fill_derived()
    eve.save()


def test_the_days_of_a_password_count_from_the_first_day(get: Get, woodgrove: Customer) -> None:
    now, lasts = timezone.now(), timedelta(days=django_settings.TEMPORARY_PASSWORD_DAYS)
    ben = woodgrove.users.filter(first_name="Ben")
    ben.update(temporary_password_set_at=now - 2 * lasts)
    for start, name in ((now - lasts, "expired"), (now - lasts + timedelta(days=1), "expiring")):
        ben.update(starts_on=start.date(), starts_at=start)
        assert names(get(f"filter={name}")) == ["Ben"]
        [row] = [row for row in get("").context["rows"] if row.display_name.startswith("Ben")]
        assert (row.sign_in.label == "Temporary password expired") == (name == "expired")
    ben.update(starts_on=now.date(), starts_at=now)
    assert names(get("filter=expired")) == names(get("filter=expiring")) == []


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "0001-01-01", "9999-12-31", "2026-1-1x"])
def test_a_day_that_is_none_matches_nobody(get: Get, day: str) -> None:
    response = get(f"filter=signed-in-before&date={day}")
    assert names(response) == []
    assert f"“{day}” doesn't exist" in told(response)
    [chip] = response.context["chips"]
    assert len(names(get(chip.url.removeprefix("?")))) == len(NAMES)


def test_a_day_is_one_of_the_clock_of_who_looks(get: Get, cast: Cast, woodgrove: Customer) -> None:
    """23:30 in Lisbon is the next day in Berlin."""
    moment = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    woodgrove.users.active().update(last_login=moment)
    query = "filter=signed-in-before&date=2026-03-10"
    for zone, seen in (("Europe/Lisbon", len(NAMES)), ("Europe/Berlin", 0)):
        cast.alice.time_zone = zone
        cast.alice.save()
        assert len(names(get(query))) == seen
