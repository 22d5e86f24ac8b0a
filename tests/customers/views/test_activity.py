"""The activity log: what it says, to whom, filtered, paged and exported."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.services.users import allow_users, block_users, delete_users
from customers.models import AuditEvent, AuditNames
from customers.roles import Role
from customers.services.retention import forget_names
from customers.services.sealing import seal_events
from licensing.services.subscriptions import change_seats
from tests.customers.log.sealed import tamper
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems

Get = Callable[..., Any]


@pytest.fixture
def get(client: Client, cast: Cast) -> Get:
    """Contoso's log as a user sees it: get(cast.bob, person="…")."""

    def ask(viewer: Any = cast.alice, path: str = "", /, **query: str) -> Any:
        client.force_login(viewer)
        return client.get(f"/customers/{cast.contoso.pk}/activity/{path}", query)

    return ask


@pytest.fixture
def history(cast: Cast) -> None:
    """Alice and bob at work on uma and gail; one action at another customer."""
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    change_seats(
        SubscriptionFactory.create(
            customer=cast.contoso, product=ProductFactory.create(name="Office"), quantity=10
        ),
        25,
        actor=cast.sally,
    )
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    stranger = UserFactory.create(customer=cast.northwind)
    block_users([stranger], customer=cast.northwind, actor=cast.alice)


def said(response: Any) -> list[tuple[str, str, str]]:
    return [
        (line.actor.name, line.event.action, line.target.name) for line in response.context["lines"]
    ]


def test_the_log_says_who_did_what_to_whom(get: Get, history: None) -> None:
    response = get()
    assert said(response) == [
        ("Alice", "user.blocked", "Gail"),
        ("Sally", "subscription.seats", "Office"),
        ("Alice", "user.allowed", "Uma"),
        ("Alice", "user.blocked", "Uma"),
    ]
    page = response.content.decode()
    assert problems(page) == []
    assert "Sally sally@fabrikam.example Seats changed Office Seats: 10 → 25" in words(page)


@pytest.mark.parametrize(
    ("query", "targets"),
    [
        ({"person": "sally"}, ["Office"]),
        ({"person": "ALICE fabrikam"}, ["Gail", "Uma", "Uma"]),
        ({"person": "%"}, []),
        ({"action": "user.blocked"}, ["Gail", "Uma"]),
        ({"user": "uma@contoso"}, ["Uma", "Uma"]),
        ({"user": "office"}, []),
        ({"user": "uma", "action": "user.allowed"}, ["Uma"]),
        ({"person": "\u200bsally\x00"}, ["Office"]),
        ({"person": "", "action": "", "user": ""}, ["Gail", "Office", "Uma", "Uma"]),
    ],
)
def test_filters_narrow_the_log(
    get: Get, history: None, query: dict[str, str], targets: list[str]
) -> None:
    response = get(**query)
    assert [target for _actor, _action, target in said(response)] == targets
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ({"action": "user.eaten"}, "action", "Choose one of these actions."),
        ({"since": "yesterday"}, "since", "Enter a date such as 2026-03-31."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "since", "must not be later than To"),
        ({"person": "x" * 10_000}, "person", "200 characters or fewer (it has 10000)"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_at_the_field(
    get: Get, cast: Cast, history: None, query: dict[str, str], field: str, message: str
) -> None:
    response = get(**query)
    assert message in response.context["form"].errors[field][0]
    assert said(response) == []
    assert "Nothing is listed" in response.content.decode()
    assert problems(response.content.decode()) == []
    export = get(cast.alice, "export/", **query)
    assert export.headers["Location"].startswith(f"/customers/{cast.contoso.pk}/activity/?")


@pytest.fixture
def late(cast: Cast) -> AuditEvent:
    """Sally's action at 23:30 UTC, which is the next day in Oslo, where alice is."""
    cast.alice.time_zone = "Europe/Oslo"
    cast.alice.save(update_fields=["time_zone"])
    event = AuditEvent.objects.create(
        at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        partner=cast.fabrikam,
        customer=cast.contoso,
        actor_id=cast.sally.pk,
        action="subscription.seats",
        target_type="subscription",
        changes={"seats": [10, 25]},
    )
    AuditNames.objects.create(event=event, actor="Sally (sally@fabrikam.example)", target="Office")
    return event


def test_days_begin_in_the_viewers_zone(get: Get, cast: Cast, late: AuditEvent) -> None:
    found = {}
    for zone in ("Europe/Oslo", "UTC"):
        cast.alice.time_zone = zone
        cast.alice.save(update_fields=["time_zone"])
        days = ("2026-03-01", "2026-03-02")
        found[zone] = [len(said(get(since=day, until=day))) for day in days]
    assert found == {"Europe/Oslo": [0, 1], "UTC": [1, 0]}
    assert "1 Mar 2026, 23:30" in words(get().content.decode())


def test_nothing_found_and_nothing_yet_are_told_apart(get: Get, cast: Cast) -> None:
    assert "Nothing has happened yet" in words(get().content.decode())
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert "Nothing fits this filter" in words(get(person="nobody").content.decode())


@pytest.mark.parametrize(
    "asked", [{"action": "user.renamed-once"}, {"since": "yesterday"}, {"user_id": "x"}]
)
def test_what_cannot_be_asked_for_finds_nothing_and_is_said(
    get: Get, cast: Cast, asked: dict[str, str]
) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    response = get(**asked)
    assert said(response) == []
    assert response.context["form"].errors.keys() == asked.keys()
    assert "Nothing is listed" in words(response.content.decode())


def test_limited_roles_see_their_own_actions(get: Get, cast: Cast, history: None) -> None:
    assert said(get(cast.sally)) == [("Sally", "subscription.seats", "Office")]
    assert said(get(cast.bob)) == []
    assert said(get(cast.sally, person="alice")) == []
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
    assert len(said(get(admin))) == 4
    page = get(cast.sally).content.decode()
    assert "Your own actions." in words(page)
    assert 'name="person"' not in page
    assert b"Uma" not in b"".join(get(cast.sally, "export/").streaming_content)


def test_pages_go_back_and_forth_by_place(get: Get, cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    for number in range(5):
        action = allow_users if number % 2 else block_users
        action([cast.uma], customer=cast.contoso, actor=cast.alice)
    newest = [event.pk for event in AuditEvent.objects.order_by("-pk")]

    def walk(url: str) -> tuple[list[int], Any]:
        query = dict(part.split("=") for part in url.removeprefix("?").split("&") if "=" in part)
        response = get(**query)
        return [line.event.pk for line in response.context["lines"]], response.context["pager"]

    first, pager = walk("")
    assert (first, pager.first_url, pager.previous_url) == (newest[:2], None, None)
    second, pager = walk(pager.next_url)
    assert second == newest[2:4]
    third, pager = walk(pager.next_url)
    assert (third, pager.next_url, pager.last_url) == (newest[4:], None, None)
    back, pager = walk(pager.previous_url)
    assert back == newest[2:4]
    assert walk(pager.previous_url)[0] == newest[:2]
    last, pager = walk(walk("")[1].last_url)
    assert (last, pager.next_url) == (newest[3:], None)
    assert walk(pager.first_url)[0] == newest[:2]


def test_pages_keep_the_filter(get: Get, cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 1
    for user in (cast.uma, cast.gail):
        block_users([user], customer=cast.contoso, actor=cast.alice)
    pager = get(action="user.blocked").context["pager"]
    assert pager.next_url.startswith("?action=user.blocked&before=")


@pytest.mark.parametrize("place", ["x", "-1", "9" * 30, "\x00", "²"])
def test_a_place_that_is_none_is_the_first_page(get: Get, history: None, place: str) -> None:
    assert len(said(get(before=place))) == len(said(get(after=place))) == 4


def test_the_log_costs_the_same_for_one_and_many(get: Get, cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    get()
    with CaptureQueriesContext(connection) as few:
        assert len(said(get())) == 1
    for user in UserFactory.create_batch(3, customer=cast.contoso):
        block_users([user], customer=cast.contoso, actor=cast.alice)
    with CaptureQueriesContext(connection) as many:
        assert len(said(get())) == 4
    assert len(many) == len(few)


def test_only_users_who_are_there_are_links(get: Get, cast: Cast, history: None) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    links = {line.target.name: line.living_id for line in get().context["lines"]}
    assert links["Uma"] is links["Office"] is None
    assert links["Gail"] == cast.gail.pk


def rows(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_export_has_what_the_filter_shows(get: Get, cast: Cast, late: AuditEvent) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    response = get(cast.alice, "export/", person="sally")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="activity-contoso-20' in response.headers["Content-Disposition"]
    assert rows(response) == [
        [
            "Time (Europe/Oslo)",
            "By",
            "Action",
            "Kind",
            "Target",
            "Changes",
            "Reason or ticket",
            "Batch",
        ],
        [
            "2026-03-02T00:30:00+01:00",
            "Sally (sally@fabrikam.example)",
            "Seats changed",
            "subscription",
            "Office",
            "Seats: 10 → 25",
            "",
            "",
        ],
    ]


def test_export_holds_no_formula(get: Get, cast: Cast, history: None) -> None:
    uma = UserFactory.create(customer=cast.contoso, display_name='=HYPERLINK("x")', local_part="x")
    block_users([uma], customer=cast.contoso, actor=cast.alice)
    [newest] = rows(get(cast.alice, "export/"))[1:2]
    assert newest[4] == '\'=HYPERLINK("x") (x@contoso.example)'


def test_export_of_everything_comes_in_chunks(
    get: Get, cast: Cast, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.log.cells.CHUNK", 1)
    assert len(rows(get(cast.alice, "export/"))) == 5


def test_export_button_keeps_the_filter_and_not_the_place(get: Get, history: None) -> None:
    page = get(person="alice", before="9999").content.decode()
    assert '/activity/export/?person=alice"' in page


def test_events_whose_names_are_forgotten_show_numbers(
    get: Get, client: Client, cast: Cast, history: None
) -> None:
    tamper("UPDATE customers_auditevent SET at = at - interval '400 days'")
    seal_events()
    assert forget_names() == 5
    alice, uma = f"User {cast.alice.pk}", f"user {cast.uma.pk}"
    assert said(get())[-1] == (alice, "user.blocked", uma)
    assert rows(get(cast.alice, "export/"))[-1][1:5] == [alice, "Sign-in blocked", "user", uma]
    page = client.get(f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/").content.decode()
    assert f"Sign-in blocked · {alice}" in words(page)
