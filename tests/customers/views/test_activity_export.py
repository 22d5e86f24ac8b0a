"""The log of all customers, and of the team, in one file: whose it is and what is in it."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.staff import block_staff
from accounts.services.users import block_users
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import StaffFactory, UserFactory
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, words

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
    assert "team" not in words(read(client, PAGE)).replace("Team Chat", "")


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


def test_the_log_says_who_took_the_log(cast: Cast, history: None) -> None:
    rows(signed_in(cast.alice))
    event = AuditEvent.objects.get(action="list.exported")
    expected = {"list": "customers.auditevent", "rows": 3, "file": "csv"}
    assert (event.actor_id, event.customer, event.changes) == (cast.alice.pk, None, expected)


def test_who_may_not_is_told_whom_to_ask(cast: Cast) -> None:
    refused = signed_in(cast.bob).get(FILE)
    assert refused.status_code == 403
    assert "Ask one of these roles: Account admin · Admin agent." in refused.content.decode()


def test_the_file_has_what_the_filter_finds_and_no_more(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    assert said(client, "?customer=northw") == [("Northwind", "Ada")]
    assert said(client, "?user=uma&person=alice") == [("Contoso", "Uma")]
    assert said(client, "?reason=ticket+1") == [("Contoso", "Uma")]
    assert said(client, "?action=user.blocked&customer=con") == [("Contoso", "Uma")]
    assert said(client, "?customer=adatum") == []
