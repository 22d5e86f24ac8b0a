"""The activity of all customers as a list: whose it is, in which order, and by which filter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.services.staff import block_staff
from accounts.services.users import allow_users, block_users
from accounts.signin.zones import home_zone
from customers.models import AuditEvent, AuditNames
from customers.roles import Role
from customers.views.activity_all import quick_ranges
from tests.api.tokens import integration
from tests.factories import StaffFactory, UserFactory
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems

PAGE = "/customers/activity/"
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)


@pytest.fixture
def history(cast: Cast) -> None:
    """At two customers of Fabrikam, in its team, and at a customer of another partner."""
    users = [cast.uma, UserFactory.create(customer=cast.contoso, display_name="Ulf")]
    block_users(users, customer=cast.contoso, actor=cast.alice, reason="Ticket 1")
    ada = UserFactory.create(customer=cast.northwind, display_name="Ada")
    block_users([ada], customer=cast.northwind, actor=cast.alice)
    block_staff([cast.sally], actor=cast.alice)
    foreign = UserFactory.create(customer=cast.adatum, display_name="Foreign")
    block_users([foreign], customer=cast.adatum, actor=cast.charlie)


def shown(client: Client, query: str = "") -> list[tuple[str, str]]:
    """Of which customer and about whom each line is."""
    return [
        (line.event.customer.name if line.event.customer else "", line.target.name)
        for line in client.get(PAGE + query).context["lines"]
    ]


ALL = [("", "Sally"), ("Northwind", "Ada"), ("Contoso", "Uma")]


def test_an_account_admin_sees_every_customer_and_the_team(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    html = read(client, PAGE)
    assert shown(client) == ALL
    assert problems(html) == []
    text = words(html)
    assert "Your team" in text
    assert "Includes your team's activity and sign-ins." in text
    assert "and 1 more" in text
    assert f'href="/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"' in html
    assert f'href="/team/{cast.sally.pk}/"' in html
    assert "Undo" in text
    assert "Foreign" not in text


def test_a_line_about_an_integration_leads_to_no_page_of_the_team(cast: Cast) -> None:
    sync = integration(cast.alice, name="Sync")
    html = read(signed_in(cast.alice), PAGE)
    assert "Sync" in words(html)
    assert f"/team/{sync.pk}/" not in html


def test_admin_agents_see_the_customers_alone(cast: Cast, history: None) -> None:
    agent = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    assert shown(signed_in(agent)) == ALL[1:]


@pytest.mark.parametrize("role", [Role.ACCOUNT_ADMIN, Role.ADMIN_AGENT])
def test_staff_limited_to_some_customers_see_those(cast: Cast, history: None, role: Role) -> None:
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[role], only=[cast.northwind])
    client = signed_in(limited)
    assert shown(client) == [("Northwind", "Ada")]
    assert shown(client, "?customer=contoso") == []


def test_a_helpdesk_agent_sees_the_own_actions_and_has_no_file(cast: Cast, history: None) -> None:
    ben = UserFactory.create(customer=cast.northwind, display_name="Ben")
    event = AuditEvent.objects.create(
        at=timezone.now(),
        partner=cast.fabrikam,
        customer=cast.northwind,
        actor_id=cast.bob.pk,
        action="password.reset",
        target_type="user",
        target_id=ben.pk,
    )
    AuditNames.objects.create(event=event, actor="Bob", target="Ben")
    client = signed_in(cast.bob)
    assert shown(client) == [("Northwind", "Ben")]
    text = words(read(client, PAGE))
    assert "Your own actions." in text
    assert "Export" not in text
    # Nor by a filter.
    assert shown(client, "?person=alice") == []
    only = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.HELPDESK_AGENT], only=[cast.contoso]
    )
    assert shown(signed_in(only)) == []


def test_a_customers_administrator_is_led_to_the_own_log(cast: Cast, history: None) -> None:
    answer = signed_in(cast.gail).get(PAGE)
    assert answer.headers["Location"] == f"/customers/{cast.contoso.pk}/activity/"


def test_another_partner_sees_the_own_alone(cast: Cast, history: None) -> None:
    assert shown(signed_in(cast.charlie)) == [(cast.adatum.name, "Foreign")]


def moments(cast: Cast, number: int) -> None:
    """Events whose ids are in another order than their moments."""
    for place in range(number):
        customer = cast.contoso if place % 2 else cast.northwind
        at = NOON + timedelta(minutes=(place * 5) % number)
        event = AuditEvent.objects.create(
            at=at, partner=cast.fabrikam, customer=customer, action="user.changed"
        )
        AuditNames.objects.create(event=event, actor="Alice", target=f"At {at:%H:%M}")


def test_pages_are_by_moment_and_show_every_line_once(cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 3
    moments(cast, 8)
    client, query, seen = signed_in(cast.alice), "", []
    for _turn in range(3):
        seen += [name for _customer, name in shown(client, query)]
        query = client.get(PAGE + query).context["pager"].next_url
    assert query is None
    assert seen == [f"At 12:0{minute}" for minute in range(7, -1, -1)]
    last = client.get(PAGE).context["pager"].last_url
    assert [name for _customer, name in shown(client, last)] == ["At 12:02", "At 12:01", "At 12:00"]
    back = client.get(PAGE + last).context["pager"].previous_url
    assert [name for _customer, name in shown(client, back)][-1] == "At 12:03"
    # From an event that is none there is nowhere to go on from.
    assert shown(client, "?before=999999999") == shown(client)


def test_an_event_that_one_may_not_see_tells_nothing_of_its_moment(
    cast: Cast, settings: Settings
) -> None:
    settings.PAGE_SIZE = 3
    moments(cast, 6)
    client = signed_in(cast.alice)
    foreign = AuditEvent.objects.create(
        at=NOON + timedelta(minutes=3), partner=cast.litware, action="user.changed"
    )
    own = AuditEvent.objects.create(
        at=NOON + timedelta(minutes=3), partner=cast.fabrikam, action="user.changed"
    )
    for query in ("", "&q=At", "&since=2020-01-01"):
        for way in ("before", "after"):
            unseen, unknown = (
                client.get(f"{PAGE}?{way}={pk}{query}") for pk in (foreign.pk, 999_999_999)
            )
            first = client.get(f"{PAGE}?{query}")
            assert [each.context["lines"] for each in (unseen, unknown)] == [
                first.context["lines"]
            ] * 2
            assert unseen.context["pager"].first_url is None
            assert unseen.context["pager"].previous_url is None
    assert shown(client, f"?before={own.pk}") != shown(client)


def test_the_list_costs_the_same_however_many_lines_it_has(
    cast: Cast,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(cast.alice)
    moments(cast, 1)
    with django_assert_max_num_queries(30) as counted:
        client.get(PAGE)
    moments(cast, 20)
    with django_assert_num_queries(len(counted)):
        client.get(PAGE)


@pytest.mark.parametrize(
    ("label", "since", "until"),
    [
        ("Today", "2026-03-17", "2026-03-17"),
        ("Yesterday", "2026-03-16", "2026-03-16"),
        ("7 days", "2026-03-11", "2026-03-17"),
        ("30 days", "2026-02-16", "2026-03-17"),
        ("This month", "2026-03-01", "2026-03-17"),
        ("Last month", "2026-02-01", "2026-02-28"),
    ],
)
def test_a_quick_range_fills_in_the_days(label: str, since: str, until: str) -> None:
    found = quick_ranges(date(2026, 3, 17), {"since": since, "until": until})
    [chosen] = [row for row in found if row.is_current]
    assert (chosen.label, chosen.url) == (label, f"?since={since}&until={until}")
    assert len(found) == 6
    assert not any(row.is_current for row in quick_ranges(date(2026, 3, 17), {}))


def test_a_quick_range_keeps_the_other_filters() -> None:
    asked = {"person": "alice", "before": "7", "page": "x", "since": "2026-01-01"}
    today, *_rest = quick_ranges(date(2026, 3, 17), asked)
    assert today.url == "?person=alice&since=2026-03-17&until=2026-03-17"


def test_a_quick_range_finds_its_days(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    today, yesterday, *_rest = client.get(PAGE).context["ranges"]
    assert shown(client, today.url) == ALL
    assert shown(client, yesterday.url) == []
    html = read(client, PAGE + yesterday.url)
    assert 'aria-current="true">Yesterday</a>' in html
    assert "Nothing fits this filter" in words(html)


def test_filters_find_lines_of_all_customers(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    assert shown(client, "?customer=northw") == [("Northwind", "Ada")]
    assert shown(client, f"?customer={cast.contoso.domains.get().name}") == [("Contoso", "Uma")]
    assert shown(client, "?customer=adatum") == []
    assert shown(client, "?person=alice") == ALL
    assert shown(client, "?person=bob") == []
    # A user of the batch who is not on its line.
    assert shown(client, "?user=ulf") == [("Contoso", "Uma")]
    assert shown(client, "?reason=ticket") == [("Contoso", "Uma")]
    assert shown(client, "?action=user.allowed") == []
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert shown(client, "?action=user.allowed") == [("Contoso", "Uma")]


def test_a_filter_without_a_first_day_goes_back_thirty_and_says_so(cast: Cast) -> None:
    moments(cast, 1)
    old = timezone.now() - timedelta(days=40)
    event = AuditEvent.objects.create(
        at=old, partner=cast.fabrikam, customer=cast.contoso, action="user.changed"
    )
    AuditNames.objects.create(event=event, actor="Alice", target="Long ago")
    client = signed_in(cast.alice)
    assert ("Contoso", "Long ago") in shown(client)
    assert ("Contoso", "Long ago") not in shown(client, "?person=alice")
    today = timezone.localdate(timezone=ZoneInfo(home_zone(cast.alice)))
    first = (today - timedelta(days=29)).isoformat()
    html = read(client, f"{PAGE}?person=alice")
    assert "goes back 30 days" in words(html)
    assert f'value="{first}"' in html
    since = (old - timedelta(days=1)).date().isoformat()
    assert ("Contoso", "Long ago") in shown(client, f"?person=alice&since={since}")
    assert shown(client, "?person=alice&until=0001-01-01") == []


def test_what_is_wrong_with_a_filter_is_said_and_nothing_listed(cast: Cast, history: None) -> None:
    client = signed_in(cast.alice)
    text = words(read(client, f"{PAGE}?since=2026-03-02&until=2026-03-01"))
    assert "From must not be later than To." in text
    assert "Nothing is listed" in text
    assert shown(client, "?action=dance") == []


def test_an_empty_log_says_what_will_be_there(cast: Cast) -> None:
    assert "Nothing has happened yet" in words(read(signed_in(cast.alice), PAGE))


def test_customers_and_team_lead_to_it(cast: Cast) -> None:
    team = reverse("accounts:team-activity")
    for user, path in (
        (cast.alice, "/customers/"),
        (cast.alice, team),
        (cast.bob, "/customers/"),
        (cast.sally, "/customers/"),
    ):
        assert f'href="{PAGE}"' in read(signed_in(user), path)
