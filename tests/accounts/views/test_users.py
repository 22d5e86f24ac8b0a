"""Users and licenses: what a row says, and how one gets to a page of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.queries.user_pages import restorable_count
from accounts.services.users import block_users, delete_users
from customers.models import Customer
from customers.roles import Role
from tests.factories import CustomerFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.html import problems

Get = Callable[..., Any]


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    """A customer of Fabrikam without anyone yet."""
    return CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove", domain="wood.example")


@pytest.fixture
def get(client: Client, cast: Cast, woodgrove: Customer) -> Get:
    """The list of Woodgrove as alice sees it: get(q="…", sort="…")."""
    client.force_login(cast.alice)

    def ask(**query: Any) -> Any:
        return client.get(f"/customers/{woodgrove.pk}/users/", query)

    return ask


def users(customer: Customer, *names: str) -> list[User]:
    return [
        UserFactory.create(customer=customer, first_name=name, last_name="Lind") for name in names
    ]


def names(response: Any) -> list[str]:
    return [row.display_name.removesuffix(" Lind") for row in response.context["rows"]]


def test_a_row_says_name_licenses_permissions_and_sign_in(get: Get, woodgrove: Customer) -> None:
    [ada] = users(woodgrove, "Ada")
    ben = UserFactory.create(
        customer=woodgrove, first_name="Ben", roles=[Role.LICENSE_ADMIN, Role.USER_ADMIN]
    )
    for name in ("Teams", "Mail"):
        product = ProductFactory.create(name=name)
        SubscriptionFactory.create(customer=woodgrove, product=product, holders=[ada])
    rows = get().context["rows"]
    assert [(row.display_name, row.user_name, row.licenses, row.permissions) for row in rows] == [
        ("Ada Lind", "ada.lind@wood.example", ("Mail", "Teams"), "User"),
        ("Ben Lind", ben.user_name, (), "License administrator, User administrator"),
    ]
    assert [row.url for row in rows] == [
        f"/customers/{woodgrove.pk}/users/{user.pk}/" for user in (ada, ben)
    ]


def test_the_four_states_of_sign_in(get: Get, cast: Cast, woodgrove: Customer) -> None:
    long_ago = timezone.now() - timedelta(days=django_settings.TEMPORARY_PASSWORD_DAYS)
    users(woodgrove, "Ada")
    UserFactory.create(customer=woodgrove, first_name="Ben", temporary=True)
    UserFactory.create(
        customer=woodgrove,
        first_name="Cleo",
        temporary=True,
        temporary_password_set_at=long_ago,
    )
    dan = UserFactory.create(customer=woodgrove, first_name="Dan", temporary=True)
    block_users([dan], customer=woodgrove, actor=cast.alice)
    assert [str(row.sign_in.label) for row in get().context["rows"]] == [
        "Allowed",
        "Must change password",
        "Temporary password expired",
        "Blocked",
    ]


def test_names_are_shown_as_text(get: Get, woodgrove: Customer) -> None:
    UserFactory.create(customer=woodgrove, display_name="<b>Bo</b> & “Co”", local_part="bo")
    html = get(q='"><script>').content.decode()
    assert '"><script>' not in html
    html = get().content.decode()
    assert "&lt;b&gt;Bo&lt;/b&gt; &amp; “Co”" in html


def test_deleted_users_and_other_customers_are_not_listed(
    get: Get, cast: Cast, woodgrove: Customer
) -> None:
    ada, ben = users(woodgrove, "Ada", "Ben")
    users(cast.northwind, "Ada")
    delete_users([ben], customer=woodgrove, actor=cast.alice)
    assert [row.user_name for row in get().context["rows"]] == [ada.user_name]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["Ada", "ben", "Émile", "Zoë"]),
        ("name", ["Ada", "ben", "Émile", "Zoë"]),
        ("-name", ["Zoë", "Émile", "ben", "Ada"]),
        ("user", ["Zoë", "ben", "Ada", "Émile"]),
        ("-user", ["Émile", "Ada", "ben", "Zoë"]),
        ("added", ["Émile", "Zoë", "Ada", "ben"]),
        ("-added", ["ben", "Ada", "Zoë", "Émile"]),
        ("password", ["Ada", "ben", "Émile", "Zoë"]),
    ],
)
def test_sorting(get: Get, woodgrove: Customer, sort: str, expected: list[str]) -> None:
    now = timezone.now()
    for age, (name, local_part) in enumerate(
        [("ben", "b"), ("Ada", "c"), ("Zoë", "A"), ("Émile", "d")]
    ):
        UserFactory.create(
            customer=woodgrove,
            display_name=name,
            local_part=local_part,
            added_at=now - timedelta(days=age),
        )
    assert names(get(sort=sort)) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("ada", ["Ada"]),
        ("ADA", ["Ada"]),
        ("zoe", ["Zoë"]),
        ("Zoë", ["Zoë"]),
        ("wood.example", ["Ada", "Émile", "Zoë"]),
        ("lind zo", ["Zoë"]),
        ("z@wood", ["Zoë"]),
        ("%", []),
        ("_", []),
        ("a\x00da", ["Ada"]),
        ("\u200b ", ["Ada", "Émile", "Zoë"]),
        ("Ada\nZoë", []),
        ("x" * 10_000, []),
    ],
)
def test_search_looks_in_all_names_whatever_case_and_accents(
    get: Get, woodgrove: Customer, q: str, expected: list[str]
) -> None:
    for name, local_part in [("Ada", "a"), ("Zoë", "z"), ("Émile", "e")]:
        UserFactory.create(customer=woodgrove, first_name=name, local_part=local_part)
    assert names(get(q=q)) == expected


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("ada.lind@wood.example", ["%ada.lind@%"]),
        ("ada.lind@wo", ["%ada.lind@%"]),
        ("lind@wood.example", ["%lind@%"]),
        ("ind@", ["%ind@%"]),
        # Too short for the index: the rest has to do.
        ("nd@wood.example", ["%nd@wood.example%"]),
        ("@wood.example", ["%@wood.example%"]),
        ("ada.lind", ["%ada.lind%"]),
        ("d@", []),
    ],
)
def test_the_index_of_names_is_asked_for_what_not_every_user_name_has(
    woodgrove: Customer, word: str, asked: list[str]
) -> None:
    ada = UserFactory.create(customer=woodgrove, user_name="ada.lind@wood.example")
    UserFactory.create(customer=woodgrove, user_name="eva.lang@wood.example")
    found = User.objects.matching([word])
    assert list(found) == [ada] or word == "@wood.example"
    assert list(User.objects.matching([f"{word}x"])) == []
    _sql, parameters = found.query.sql_with_params()
    assert [text for text in parameters if str(text).startswith("%")] == asked


def test_search_finds_a_first_name_that_the_display_name_lacks(
    get: Get, woodgrove: Customer
) -> None:
    UserFactory.create(customer=woodgrove, first_name="Margaret", display_name="Peggy Lind")
    assert names(get(q="marg")) == ["Peggy"]


def page_names(get: Get, sort: str, **query: object) -> list[list[str]]:
    """All pages, walked by their Next links."""
    pages: list[list[str]] = []
    response = get(sort=sort, **query)
    while True:
        pages.append(names(response))
        url = response.context["pager"].next_url
        if not url:
            return pages
        response = response.client.get(response.request["PATH_INFO"] + url)


def back_names(get: Get, sort: str) -> list[list[str]]:
    """All pages, walked by their Previous links from the last one."""
    pages: list[list[str]] = []
    response = get(sort=sort, last=1)
    while True:
        pages.insert(0, names(response))
        url = response.context["pager"].previous_url
        if not url:
            return pages
        response = response.client.get(response.request["PATH_INFO"] + url)


@pytest.mark.parametrize("sort", ["name", "-name", "user", "-user", "added", "-added"])
def test_pages_forwards_and_backwards_hold_every_user_once(
    get: Get, woodgrove: Customer, settings: Settings, sort: str
) -> None:
    settings.PAGE_SIZE = 3
    now = timezone.now()
    # Four share a name, and all were added at one instant: the id decides.
    for number in range(8):
        UserFactory.create(
            customer=woodgrove,
            display_name=f"{'Ada' if number < 4 else 'Ben'}",
            local_part=f"user{number}",
            added_at=now,
        )
    forwards = page_names(get, sort)
    assert [len(page) for page in forwards] == [3, 3, 2]
    assert [name for page in forwards for name in page] == [
        row.display_name for row in in_order(woodgrove, sort)
    ]
    assert back_names(get, sort) == forwards


def in_order(customer: Customer, sort: str) -> list[User]:
    minus, column = ("-" if sort[0] == "-" else ""), sort.removeprefix("-")
    field = {"name": "sort_name", "user": "username", "added": "added_at"}[column]
    return list(User.objects.filter(customer=customer).order_by(f"{minus}{field}", f"{minus}pk"))


def test_the_summary_says_where_one_is(get: Get, woodgrove: Customer, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    users(woodgrove, "Ada", "Ben", "Cleo", "Dan", "Eve")
    first = get()
    assert first.context["pager"].summary == "1 to 2 of 5"
    assert first.context["pager"].previous_url is None
    middle = first.client.get(first.request["PATH_INFO"] + first.context["pager"].next_url)
    assert middle.context["pager"].summary == "2 of 5"
    last = get(last=1)
    assert last.context["pager"].summary == "5 to 5 of 5"
    assert last.context["pager"].next_url is None
    assert get(q="ada").context["pager"].summary == "1 user"


def test_matches_are_counted_to_a_limit(
    get: Get, woodgrove: Customer, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("accounts.queries.search.COUNTED", 3)
    settings.PAGE_SIZE = 2
    users(woodgrove, "Ada", "Adam", "Adan")
    assert get(q="ada").context["pager"].summary == "1 to 2 of 3"
    users(woodgrove, "Adar")
    assert get(q="ada").context["pager"].summary == "More than 3 found"


@pytest.mark.parametrize(
    "place", [{"after": "x"}, {"after": "9" * 30}, {"before": "-1"}, {"after": "²"}, {"last": ""}]
)
def test_a_place_that_can_not_be_shows_a_page_all_the_same(
    get: Get, woodgrove: Customer, place: dict[str, str]
) -> None:
    users(woodgrove, "Ada", "Ben")
    assert names(get(**place)) == ["Ada", "Ben"]


def test_the_page_after_the_last_user_is_the_first_one(get: Get, woodgrove: Customer) -> None:
    *_others, last = users(woodgrove, "Ada", "Ben")
    assert names(get(after=last.pk)) == ["Ada", "Ben"]
    assert names(get(before=_others[0].pk)) == ["Ada", "Ben"]


def test_a_stranger_as_the_place_shows_the_first_page(
    get: Get, cast: Cast, woodgrove: Customer
) -> None:
    users(woodgrove, "Ada", "Zoe")
    [stranger] = users(cast.adatum, "Mia")
    assert names(get(after=stranger.pk)) == ["Ada", "Zoe"]


def test_the_next_page_goes_on_where_a_user_was_deleted(
    get: Get, cast: Cast, woodgrove: Customer, settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    _ada, ben, *_rest = users(woodgrove, "Ada", "Ben", "Cleo")
    delete_users([ben], customer=woodgrove, actor=cast.alice)
    assert names(get(after=ben.pk)) == ["Cleo"]
    assert names(get(after=ben.pk, sort="user")) == ["Cleo"]


def test_search_and_order_stay_in_the_address_of_the_next_page(
    get: Get, woodgrove: Customer, settings: Settings
) -> None:
    settings.PAGE_SIZE = 1
    ada, _ben = users(woodgrove, "Ada", "Ben")
    pager = get(q="lind", sort="user").context["pager"]
    assert pager.next_url == f"?q=lind&sort=user&after={ada.pk}"
    assert pager.last_url == "?q=lind&sort=user&last=1"


def test_another_order_begins_at_its_first_page(get: Get, woodgrove: Customer) -> None:
    ada, ben = users(woodgrove, "Ada", "Ben")
    for place in ({"after": ada.pk}, {"before": ben.pk}, {"last": 1}):
        name, user_name, *_others = get(q="lind", **place).context["headings"]
        assert user_name.url == "?q=lind&sort=user"
        assert name.url == "?q=lind&sort=-name"


def test_the_tabs_count_who_can_still_be_restored(
    get: Get, cast: Cast, woodgrove: Customer
) -> None:
    ada, ben, _cleo = users(woodgrove, "Ada", "Ben", "Cleo")
    delete_users([ada, ben], customer=woodgrove, actor=cast.alice)
    tabs = get().context["tabs"]
    assert [(tab.label, tab.current) for tab in tabs] == [
        ("Active users", True),
        ("Deleted users (2)", False),
        ("Scheduled (0)", False),
    ]
    # Overdue, and the purge has not run yet.
    now = timezone.now()
    User.objects.filter(pk=ada.pk).update(deleted_at=now - timedelta(days=31), purge_after=now)
    woodgrove.refresh_from_db()
    assert (woodgrove.deleted_users, restorable_count(woodgrove)) == (2, 1)
    assert get().context["tabs"][1].label == "Deleted users (1)"


def test_an_empty_list_says_what_to_do(client: Client, cast: Cast, woodgrove: Customer) -> None:
    address = f"/customers/{woodgrove.pk}/users/"
    client.force_login(cast.alice)
    html = client.get(address).content.decode()
    assert "Add the first user" in html
    assert "No users match “zz”" in client.get(address, {"q": "zz"}).content.decode()
    exact = "must match exactly, including capital letters."
    assert exact in client.get(address, {"department": "sales"}).content.decode()
    assert exact not in client.get(address, {"location": "NO"}).content.decode()
    client.force_login(cast.bob)
    html = client.get(address).content.decode()
    assert "Ask an administrator or admin agent" in html
    assert "Add user" not in html


@pytest.mark.parametrize("query", [{}, {"q": "lind", "sort": "-user"}, {"last": 1}])
def test_the_number_of_queries_does_not_grow_with_the_users(
    get: Get, woodgrove: Customer, query: dict[str, object]
) -> None:
    product = ProductFactory.create()
    subscription = SubscriptionFactory.create(
        customer=woodgrove, product=product, holders=users(woodgrove, "Ada")
    )
    get(**query)
    with CaptureQueriesContext(connection) as one:
        assert len(names(get(**query))) == 1
    assert subscription.assigned == 1
    SubscriptionFactory.create(customer=woodgrove, holders=users(woodgrove, "Ben", "Cleo"))
    UserFactory.create(customer=woodgrove, deleted=True)
    with CaptureQueriesContext(connection) as three:
        assert len(names(get(**query))) == 3
    assert len(three) == len(one)
    assert len(three) <= 11


def test_the_page_is_valid_html(get: Get, woodgrove: Customer) -> None:
    assert problems(get().content.decode()) == []
    users(woodgrove, "Ada", "Ben")
    assert problems(get().content.decode()) == []
    assert problems(get(q="nobody").content.decode()) == []
