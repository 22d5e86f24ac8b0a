"""The log of all customers, and of the team, in one file: whose it is and what is in it."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.staff import block_staff
from accounts.services.users import block_users
from customers.models import AuditEvent
from customers.roles import Role
from customers.views.activity_export import quick_ranges
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems

PAGE = "/customers/activity/"
FILE = f"{PAGE}export/"
HEADINGS = [
    *("Customer", "By", "Action", "Kind", "Target", "Changes", "Reason or ticket", "Batch"),
]


@pytest.fixture
def history(cast: Cast) -> None:
    """At two customers of Fabrikam, in its team, and at a customer of another partner."""
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Ticket 1")
    ada = UserFactory.create(customer=cast.northwind, display_name="Ada")
    block_users([ada], customer=cast.northwind, actor=cast.alice)
    block_staff([cast.bob], actor=cast.alice)
    foreign = UserFactory.create(customer=cast.adatum, display_name="Foreign")
    block_users([foreign], customer=cast.adatum, actor=cast.charlie)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def rows(client: Client, query: str = "") -> list[list[str]]:
    response: Any = client.get(FILE + query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def said(client: Client, query: str = "") -> list[tuple[str, str]]:
    """Of which customer and about whom, without the notes of exports."""
    found = rows(client, query)[1:]
    return [(row[1], row[5].partition(" (")[0]) for row in found if row[3] != "List exported"]


ALL = [("", "Bob"), ("Northwind", "Ada"), ("Contoso", "Uma")]


def test_an_account_admin_has_every_customer_and_the_team(
    cast: Cast, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.alice)
    found = rows(client)
    assert found[0][1:] == HEADINGS
    assert found[-1][1:3] == ["Contoso", "Alice (alice@fabrikam.example)"]
    assert found[-1][7] == "Ticket 1"
    assert said(client) == ALL
    # As when the log is longer than what is read at once.
    monkeypatch.setattr("customers.log.cells.CHUNK", 1)
    assert said(client) == ALL


def test_admin_agents_have_the_customers_alone(cast: Cast, history: None) -> None:
    agent = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    assert said(signed_in(agent)) == ALL[1:]


@pytest.mark.parametrize("role", [Role.ACCOUNT_ADMIN, Role.ADMIN_AGENT])
def test_staff_limited_to_some_customers_have_those(cast: Cast, history: None, role: Role) -> None:
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[role], only=[cast.northwind])
    client = signed_in(limited)
    assert said(client) == [("Northwind", "Ada")]
    text = words(read(client, PAGE))
    assert "1 customer, in one .csv file." in text
    assert "team" not in text


def test_days_begin_and_end_in_the_viewers_zone(cast: Cast, history: None) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Europe/Oslo")
    late = {"at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "action": "partner.changed"}
    AuditEvent.objects.create(partner=cast.fabrikam, customer=cast.northwind, **late)
    client = signed_in(cast.alice)
    assert said(client, "?since=2026-03-02&until=2026-03-02") == [("Northwind", "")]
    assert said(client, "?until=2026-03-01") == []


def test_a_day_that_is_none_is_said_at_its_field(cast: Cast) -> None:
    client = signed_in(cast.alice)
    asked = client.get(f"{FILE}?since=2026-03-02&until=2026-03-01")
    assert asked.headers["Location"] == f"{PAGE}?since=2026-03-02&until=2026-03-01"
    assert "From must not be later than To." in read(client, asked.headers["Location"])


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("Today", "2026-03-17"),
        ("7 days", "2026-03-11"),
        ("30 days", "2026-02-16"),
        ("This month", "2026-03-01"),
    ],
)
def test_a_quick_range_fills_in_the_days(label: str, first: str) -> None:
    asked = {"since": first, "until": "2026-03-17"}
    found = quick_ranges(date(2026, 3, 17), asked)
    [chosen] = [row for row in found if row.is_current]
    assert (chosen.label, chosen.url) == (label, f"?since={first}&until=2026-03-17")
    assert len(found) == 4
    assert not any(row.is_current for row in quick_ranges(date(2026, 3, 17), {}))


def test_a_quick_range_leads_to_its_file(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    [today, *_rest] = client.get(PAGE).context["ranges"]
    html = read(client, PAGE + today.url)
    day = timezone.localdate().isoformat()
    assert html.count(f'value="{day}"') == 2
    assert 'aria-current="true">Today</a>' in html
    assert problems(html) == []
    assert said(client, today.url) == ALL
    long_ago = date(2026, 1, 9)
    [old, *_rest] = quick_ranges(long_ago, {})
    assert said(client, old.url) == []


def test_the_log_says_who_took_the_log(cast: Cast, history: None) -> None:
    rows(signed_in(cast.alice))
    event = AuditEvent.objects.get(action="list.exported")
    expected = {"list": "customers.auditevent", "rows": 3, "file": "csv"}
    assert (event.actor_id, event.customer, event.changes) == (cast.alice.pk, None, expected)


def test_customers_and_team_lead_those_to_it_who_may(cast: Cast) -> None:
    team = reverse("accounts:team-activity")
    for user, path, shown in (
        (cast.alice, "/customers/", True),
        (cast.alice, team, True),
        (cast.bob, "/customers/", False),
        (cast.sally, "/customers/", False),
    ):
        assert (f'href="{PAGE}"' in read(signed_in(user), path)) is shown
    refused = signed_in(cast.bob).get(FILE)
    assert refused.status_code == 403
    assert "Ask one of these roles: Account admin · Admin agent." in refused.content.decode()
