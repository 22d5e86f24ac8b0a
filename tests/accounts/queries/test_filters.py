"""Filter users by…: what each choice lets through, together with others, and wrong ones."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.queries.filters import UserFilter, read_filter
from accounts.queries.selections import matching_users
from accounts.services.users import block_users, delete_users
from customers.models import Customer
from customers.roles import Role
from licensing.models import Subscription
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import told
from tests.support.html import problems

Get = Callable[[str], Any]
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay")


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    """Ada and Ben have Mail, Ben and Cleo have Teams; Cleo is blocked, Dan new, Eve an admin."""
    customer = CustomerFactory.create(partner=cast.fabrikam, domain="wood.example")
    long_ago = timezone.now() - timedelta(days=60)
    made = {
        name: UserFactory.create(
            customer=customer,
            first_name=name,
            temporary=name in {"Ben", "Dan"},
            roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN] if name == "Eve" else [],
            added_at=_added(name, long_ago),
        )
        for name in NAMES
    }
    for product, holders in {"Mail": ("Ada", "Ben"), "Teams": ("Ben", "Cleo")}.items():
        SubscriptionFactory.create(
            customer=customer,
            product=ProductFactory.create(name=product),
            holders=[made[name] for name in holders],
        )
    block_users([made["Cleo"]], customer=customer, actor=cast.alice)
    gone = UserFactory.create(customer=customer, first_name="Gone")
    delete_users([gone], customer=customer, actor=cast.alice)
    return customer


def _added(name: str, long_ago: Any) -> Any:
    ages = {"Dan": timedelta(days=6, hours=23), "Fay": timedelta(days=29)}
    return timezone.now() - ages[name] if name in ages else long_ago


@pytest.fixture
def get(client: Client, cast: Cast, woodgrove: Customer) -> Get:
    client.force_login(cast.alice)
    return lambda query: client.get(f"/customers/{woodgrove.pk}/users/?{query}")


def names(response: Any) -> list[str]:
    return [row.display_name.partition(" ")[0] for row in response.context["rows"]]


def subscription(customer: Customer, product: str) -> Subscription:
    return customer.subscriptions.get(product__name=product)


def written(customer: Customer, query: str) -> str:
    """MAIL and TEAMS stand for the ids of the subscriptions."""
    for product in ("Mail", "Teams"):
        query = query.replace(product.upper(), str(subscription(customer, product).pk))
    return query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Ada Ben Cleo Dan Eve Fay"),
        ("filter=unlicensed", "Dan Eve Fay"),
        ("filter=licensed", "Ada Ben Cleo"),
        ("filter=with&subscription=MAIL", "Ada Ben"),
        ("filter=without&subscription=MAIL", "Cleo Dan Eve Fay"),
        ("filter=role&role=User+administrator", "Eve"),
        ("role=License+administrator", "Eve"),
        ("filter=role&role=Global+administrator", ""),
        ("filter=role&role=User", "Ada Ben Cleo Dan Fay"),
        ("filter=blocked", "Cleo"),
        ("filter=must-change", "Ben Dan"),
        ("filter=added&days=7", "Dan"),
        ("days=30", "Dan Fay"),
        # Several hold at once, with search and order.
        ("filter=unlicensed&filter=must-change", "Dan"),
        ("filter=unlicensed,must-change", "Dan"),
        ("filter=with,blocked&subscription=TEAMS", "Cleo"),
        ("filter=with&subscription=TEAMS&q=be", "Ben"),
        ("filter=unlicensed&role=User&days=30&sort=-name", "Fay Dan"),
        # What a form sends that is left empty.
        ("filter=&subscription=&role=&days=&q=", "Ada Ben Cleo Dan Eve Fay"),
        ("filter=unlicensed&filter=&role=", "Dan Eve Fay"),
    ],
)
def test_who_is_let_through(get: Get, woodgrove: Customer, query: str, expected: str) -> None:
    query = written(woodgrove, query)
    response = get(query)
    assert " ".join(names(response)) == expected
    assert response.context["problems"] == ()
    found = matching_users(woodgrove, QueryDict(query))
    assert {user.first_name for user in found} == set(expected.split())
    # The same filter as it is stored.
    stored = read_filter(QueryDict(query)).query()
    again = matching_users(woodgrove, stored)
    assert {user.pk for user in again} == {user.pk for user in found}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("filter=with", "Choose a subscription to filter by"),
        ("filter=role", "Choose one of the permissions"),
        ("filter=added", "the last 7 or 30 days"),
        ("filter=signed-in-before", "Enter a date for the last sign-in"),
    ],
)
def test_what_is_not_chosen_yet_is_left_out_and_said(get: Get, query: str, problem: str) -> None:
    response = get(query)
    assert response.status_code == HTTPStatus.OK
    assert names(response) == list(NAMES)
    assert len(response.context["problems"]) == 1
    assert problem in told(response)
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("filter=nonsense", "The filter “nonsense” doesn't exist: no users match. Remove the"),
        ("filter=%00%3Cb%3E", "doesn't exist"),
        ("filter=without&subscription=x", "This subscription no longer exists: no users match."),
        (
            "filter=with&subscription=" + "9" * 30,
            "This subscription no longer exists: no users match.",
        ),
        (
            "filter=without&subscription=999999999",
            "This subscription no longer exists: no users match.",
        ),
        ("filter=role&role=Emperor", "“Emperor” doesn't exist: no users match."),
        ("role=Account+admin", "“Account admin” doesn't exist"),
        ("filter=added&days=-1", "“-1” doesn't exist"),
        ("days=8&q=a&sort=-name", "“8” doesn't exist"),
        ("days=²", "“²” doesn't exist"),
    ],
)
def test_what_no_longer_holds_matches_nobody_and_is_taken_away_by_a_click(
    get: Get, woodgrove: Customer, query: str, problem: str
) -> None:
    response = get(query)
    assert response.status_code == HTTPStatus.OK
    assert names(response) == []
    assert len(response.context["problems"]) == 1
    assert problem in told(response)
    assert problems(response.content.decode()) == []
    assert matching_users(woodgrove, QueryDict(query)).count() == 0
    # Also as it is stored, and with one of a selection.
    stored = read_filter(QueryDict(query)).query()
    assert matching_users(woodgrove, stored).count() == 0
    assert not User.objects.filter(read_filter(stored).whole_condition()).exists()
    [chip] = response.context["chips"]
    assert chip.label == "Unknown or removed"
    assert len(names(get(chip.url.removeprefix("?")))) > 1


def test_another_customers_subscription_is_none(get: Get, cast: Cast, woodgrove: Customer) -> None:
    foreign = SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    for name in ("with", "without"):
        query = f"filter={name}&subscription={foreign.pk}"
        assert names(get(query)) == []
        assert matching_users(woodgrove, QueryDict(query)).count() == 0


def test_of_two_filters_by_license_the_first_counts(get: Get) -> None:
    response = get("filter=unlicensed&filter=licensed")
    assert names(response) == ["Dan", "Eve", "Fay"]
    assert "Only the first filter by license is used" in told(response)


def test_a_released_license_is_none(get: Get, cast: Cast, woodgrove: Customer) -> None:
    mail = subscription(woodgrove, "Mail")
    mail.assignments.filter(user__first_name="Ada").update(released_at=timezone.now())
    assert names(get(f"filter=with&subscription={mail.pk}")) == ["Ben"]
    assert names(get("filter=unlicensed")) == ["Ada", "Dan", "Eve", "Fay"]


def test_each_condition_is_told_and_can_be_taken_away(get: Get, woodgrove: Customer) -> None:
    query = written(woodgrove, "q=a&filter=without&filter=must-change&subscription=MAIL&days=7")
    response = get(query + "&role=User&sort=-name")
    found = {chip.label: chip.url for chip in response.context["chips"]}
    assert list(found) == [
        "Without Mail",
        "User (no administrator)",
        "Must change password",
        "Added in the last 7 days",
    ]
    assert "1 user found" in told(response)
    assert found["Without Mail"] == "?q=a&role=User&days=7&filter=must-change,role,added&sort=-name"
    for label, url in found.items():
        left = [chip.label for chip in get(url.removeprefix("?")).context["chips"]]
        assert left == [other for other in found if other != label]


def test_matches_are_counted_to_a_limit(
    get: Get, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.PAGE_SIZE = 1
    assert "3 users found" in told(get("filter=unlicensed"))
    assert get("filter=unlicensed&last=1").context["pager"].summary == "3 to 3 of 3"
    monkeypatch.setattr("accounts.queries.search.COUNTED", 2)
    assert "More than 2 found" in told(get("filter=unlicensed"))


@pytest.mark.parametrize("counted", [4, 5])
@pytest.mark.parametrize("sort", ["name", "-name", "user", "-added"])
def test_pages_of_a_filter_hold_every_user_once(
    get: Get, settings: Settings, monkeypatch: pytest.MonkeyPatch, sort: str, counted: int
) -> None:
    """The five are found with their number, or, where that is too many, in the order's index."""
    monkeypatch.setattr("accounts.queries.search.COUNTED", counted)
    whole = names(get(f"role=User&sort={sort}"))
    settings.PAGE_SIZE = 2
    forwards, response = [], get(f"role=User&sort={sort}")
    while True:
        forwards.append(names(response))
        url = response.context["pager"].next_url
        if not url:
            break
        response = get(url.removeprefix("?"))
    assert [len(page) for page in forwards] == [2, 2, 1]
    assert [name for page in forwards for name in page] == whole
    # Without a number nobody knows how long the last page is.
    assert names(get(f"role=User&sort={sort}&last=1")) == whole[-1 if counted == 5 else -2 :]


@pytest.mark.parametrize(
    ("query", "title", "hint"),
    [
        (
            "filter=blocked&filter=unlicensed",
            "No users match these filters",
            "Each filter matches users, but no user matches all of them. Remove one.",
        ),
        (
            "filter=blocked&department=Sales&days=7",
            "No users match these filters",
            "“Department: Sales” matches no users, even alone. Remove it.",
        ),
        (
            "filter=blocked&department=Sales&domain=none.example",
            "No users match these filters",
            "“Domain: none.example”, “Department: Sales” match no users, even alone. Remove them.",
        ),
        (
            "department=sales",
            "No users match “Department: sales”",
            "Department and job title must match exactly, including capital letters.",
        ),
        ("domain=none.example&q=a", "No users match “Domain: none.example”", "search for less"),
    ],
)
def test_an_empty_list_says_which_filter_found_nobody(
    get: Get, query: str, title: str, hint: str
) -> None:
    response = get(query)
    assert title in told(response)
    assert hint in told(response)
    assert "Clear all" in told(response)
    assert problems(response.content.decode()) == []


def test_the_deleted_list_has_a_search_alone(get: Get, client: Client, woodgrove: Customer) -> None:
    response = client.get(f"/customers/{woodgrove.pk}/users/deleted/?filter=blocked&q=go")
    assert names(response) == ["Gone"]
    found = matching_users(woodgrove, QueryDict("tab=deleted&filter=blocked"))
    assert [user.first_name for user in found] == ["Gone"]


@pytest.mark.parametrize(
    "query",
    [
        "filter=unlicensed",
        "filter=with&subscription=MAIL&q=lind",
        "filter=without&subscription=MAIL&role=User&last=1",
        "filter=licensed&filter=blocked&days=7",
    ],
)
def test_the_number_of_queries_does_not_grow(get: Get, woodgrove: Customer, query: str) -> None:
    query = written(woodgrove, query)

    def queries() -> int:
        get(query)
        with CaptureQueriesContext(connection) as captured:
            get(query)
        return len(captured)

    few = queries()
    users = UserFactory.create_batch(30, customer=woodgrove)
    SubscriptionFactory.create(customer=woodgrove, quantity=20, holders=users[:20])
    assert queries() == few
    assert few <= 10


def test_the_choices_show_what_is_taken(client: Client, cast: Cast, woodgrove: Customer) -> None:
    client.force_login(cast.alice)
    query = written(woodgrove, "filter=with&filter=blocked&subscription=TEAMS&role=User&days=30")
    context = client.get(f"/customers/{woodgrove.pk}/users/filter/?{query}").context
    taken = {
        name: [choice.value for choice in context[name] if choice.is_taken]
        for name in ("seats", "subscriptions", "permissions", "sign_in", "days")
    }
    assert taken == {
        "seats": ["with"],
        "subscriptions": [str(subscription(woodgrove, "Teams").pk)],
        "permissions": ["User"],
        "sign_in": ["blocked"],
        "days": ["30"],
    }


def test_a_filter_is_written_shortly() -> None:
    assert UserFilter().query() == {}
    assert UserFilter(q="a", seats="unlicensed", sign_in=("blocked",), days=7).query() == {
        "q": "a",
        "filter": "unlicensed,blocked,added",
        "days": "7",
    }
