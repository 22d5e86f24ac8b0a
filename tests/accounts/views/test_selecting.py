"""Selecting in the lists, as a browser without JavaScript does it: the same form, any button."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Selection, User
from accounts.queries.selections import selected_ids
from accounts.services import selections
from customers.models import Customer
from customers.roles import Role
from tests.factories import CustomerFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems

OVER = "This selection has expired. Select the users again."


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    return CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove", domain="wood.example")


@pytest.fixture
def seven(woodgrove: Customer, settings: Settings) -> list[User]:
    """Three to a page, in the order of their names."""
    settings.PAGE_SIZE = 3
    return [
        UserFactory.create(customer=woodgrove, first_name=name, last_name="Lind")
        for name in ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus")
    ]


def address(customer: Customer, rest: str = "") -> str:
    return f"/customers/{customer.pk}/users/{rest}"


def press(client: Client, url: str, do: str, *checked: User | None, keeps: bool = True) -> Any:
    """Check these users besides those checked already, and press the button."""
    form = fields(read(client, url))
    before = form.get("user", []) if keeps else []
    form["user"] = [*before, *(str(user.pk) for user in checked if user)]
    customer = int(url.split("/")[2])
    return client.post(f"/customers/{customer}/users/select/", {**form, "do": do})


def checked(client: Client, url: str) -> list[str]:
    rows = client.get(url).context["rows"]
    return [row.display_name.partition(" ")[0] for row in rows if row.is_selected]


def token_of(url: str) -> str:
    return url.partition("s=")[2].partition("&")[0]


def ids(*users: User) -> list[int]:
    return [user.pk for user in users]


def test_a_selection_over_pages_is_kept_through_sort_search_and_paging(
    alice: Client, woodgrove: Customer, seven: list[User]
) -> None:
    ada, ben, cleo, dan, _eve, _fay, gus = seven
    first = press(alice, address(woodgrove), "keep", ada, cleo)["Location"]
    page = alice.get(first)
    assert "2 selected" in told(page)
    assert checked(alice, first) == ["Ada", "Cleo"]
    second = address(woodgrove) + page.context["pager"].next_url
    second = press(alice, second, "keep", dan)["Location"]
    assert checked(alice, second) == ["Dan"]
    assert "Selected users (3)" in told(alice.get(second))
    last = address(woodgrove) + alice.get(second).context["pager"].last_url
    last = press(alice, last, "keep", gus)["Location"]
    token = token_of(last)
    assert {token_of(url) for url in (first, second, last)} == {token}
    _name, user = alice.get(last).context["headings"][:2]
    sort = address(woodgrove) + user.url
    assert token_of(sort) == token
    searched = {"q": "ben", **alice.get(sort).context["keep"]}
    assert searched["s"] == token
    assert "4 selected" in told(alice.get(address(woodgrove), searched))
    only = alice.get(last).context["selection"].only_url
    assert checked(alice, address(woodgrove) + only) == ["Ada", "Cleo", "Dan"]
    assert alice.get(address(woodgrove) + only).context["pager"].summary == "1 to 3 of 4"
    assert selected_ids(Selection.objects.get(token=token), woodgrove) == ids(ada, cleo, dan, gus)
    assert ben.pk not in Selection.objects.get(token=token).ids


def test_unchecking_takes_out(alice: Client, woodgrove: Customer, seven: list[User]) -> None:
    ada, ben, *_rest = seven
    url = press(alice, address(woodgrove), "keep", ada, ben)["Location"]
    url = press(alice, url, "keep", ben, keeps=False)["Location"]
    assert checked(alice, url) == ["Ben"]
    url = press(alice, url, "none")["Location"]
    assert url == address(woodgrove)
    assert Selection.objects.get().ids == []


def test_all_of_a_search_with_exceptions_and_others_besides(
    alice: Client, woodgrove: Customer, seven: list[User]
) -> None:
    ada, ben, *_rest = seven
    bo = UserFactory.create(customer=woodgrove, first_name="Bo", last_name="Berg")
    page = alice.get(address(woodgrove), {"q": "lind"})
    assert "Select all 7 users" in told(page)
    url = press(alice, address(woodgrove, "?q=lind"), "all")["Location"]
    text = told(alice.get(url))
    assert "7 selected" in text
    assert "Select all" not in text
    url = press(alice, url, "keep", ben, keeps=False)["Location"]
    assert checked(alice, url) == ["Ben"]
    assert "5 selected Select all 7 users Selected users (5)" in told(alice.get(url))
    # In another search the same selection says who of these is in it, and takes others in.
    other = address(woodgrove, f"?q=b&s={token_of(url)}")
    assert checked(alice, other) == ["Ben"]
    other = press(alice, other, "keep", bo)["Location"]
    assert "6 selected" in told(alice.get(other))
    assert set(checked(alice, other)) == {"Ben", "Bo"}
    row = Selection.objects.get()
    assert selected_ids(row, woodgrove) == ids(ben, bo, *seven[3:])
    other = press(alice, other, "keep", ben, keeps=False)["Location"]
    assert selected_ids(Selection.objects.get(), woodgrove) == ids(ben, *seven[3:])
    assert ada.pk in Selection.objects.get().ids


def test_all_of_a_list_are_also_those_who_come_later(
    alice: Client, woodgrove: Customer, seven: list[User]
) -> None:
    url = press(alice, address(woodgrove), "all")["Location"]
    assert "7 selected" in told(alice.get(url))
    UserFactory.create(customer=woodgrove, first_name="Hal")
    assert "8 selected" in told(alice.get(url))
    assert len(selected_ids(Selection.objects.get(), woodgrove)) == 8


def test_more_than_are_counted(
    alice: Client, woodgrove: Customer, seven: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.queries.search.COUNTED", 5)
    ada = seven[0]
    page = alice.get(address(woodgrove), {"q": "lind"})
    assert "Select all of more than 5 users" in told(page)
    url = press(alice, address(woodgrove, "?q=lind"), "all")["Location"]
    text = told(alice.get(url))
    assert "More than 5 selected Selected users (more than 5)" in text
    url = press(alice, url, "keep", keeps=False)["Location"]
    assert checked(alice, url) == []
    assert ada.pk not in selected_ids(Selection.objects.get(), woodgrove)


@pytest.mark.parametrize(
    ("do", "page"),
    [
        ("licenses", "licenses/"),
        ("reset", "reset/"),
        ("block", "block/"),
        ("allow", "allow/"),
        ("delete", "delete/"),
        ("location", "change/location/"),
        ("department", "change/department/"),
        ("permissions", "change/permissions/"),
    ],
)
def test_an_action_saves_the_choice_and_leads_to_its_page(
    alice: Client, woodgrove: Customer, seven: list[User], do: str, page: str
) -> None:
    response = press(alice, address(woodgrove), do, *seven[:2])
    row = Selection.objects.get()
    asks, back = address(woodgrove, f"{page}?s={row.token}"), quote(address(woodgrove), safe="")
    assert response["Location"] == f"{asks}&next={back}"
    assert row.ids == ids(*seven[:2])


@pytest.mark.parametrize(("do", "page"), [("restore", "restore/"), ("remove", "remove/")])
def test_the_deleted_list_selects_alike(
    alice: Client, woodgrove: Customer, settings: Settings, do: str, page: str
) -> None:
    settings.PAGE_SIZE = 2
    now = timezone.now()
    gone = [
        UserFactory.create(
            customer=woodgrove, first_name=name, deleted_at=now - timedelta(days=number)
        )
        for number, name in enumerate(("Ada", "Ben", "Cleo"))
    ]
    deleted = address(woodgrove, "deleted/")
    url = press(alice, deleted, "keep", gone[0])["Location"]
    assert url.startswith(deleted)
    url = deleted + alice.get(url).context["pager"].next_url
    response = press(alice, url, do, gone[2])
    row = Selection.objects.get()
    asks, back = address(woodgrove, f"{page}?s={row.token}"), address(woodgrove, "deleted/?after=")
    assert response["Location"].startswith(f"{asks}&next={quote(back, safe='')}")
    assert "2 users" in words(read(alice, response["Location"]))
    url = press(alice, deleted, "all")["Location"]
    row = Selection.objects.get(by_filter=True)
    assert row.query == {"tab": "deleted"}
    assert selected_ids(row, woodgrove) == ids(*gone)
    assert "3 selected" in told(alice.get(url))


def test_nobody_selected_is_said(alice: Client, woodgrove: Customer, seven: list[User]) -> None:
    response = press(alice, address(woodgrove, "?q=lind&sort=-user"), "block")
    assert response["Location"].startswith(address(woodgrove, "?q=lind&sort=-user"))
    assert "Select at least one user." in told(alice.get(response["Location"]))


@pytest.mark.parametrize("how", ["another user's", "another customer's", "a day old", "made up"])
def test_a_selection_that_is_over_is_said_in_the_list(
    alice: Client, cast: Cast, woodgrove: Customer, seven: list[User], how: str
) -> None:
    token = _over(how, cast, woodgrove, seven)
    url = address(woodgrove, f"?q=lind&selected=1&s={token}")
    response = alice.get(url)
    assert response["Location"] == address(woodgrove, "?q=lind")
    text = told(alice.get(response["Location"]))
    assert OVER in text
    assert "No users selected" in text


@pytest.mark.parametrize("how", ["another user's", "another customer's", "a day old", "swept"])
@pytest.mark.parametrize("do", ["", "keep", "block"])
def test_choices_for_a_selection_that_is_over_are_refused(
    alice: Client, cast: Cast, woodgrove: Customer, seven: list[User], how: str, do: str
) -> None:
    form = fields(read(alice, address(woodgrove)))
    form |= {"s": [_over(how, cast, woodgrove, seven)], "begun": ["1"], "user": [str(seven[0].pk)]}
    before = list(Selection.objects.values_list("token", "ids"))
    response = alice.post(address(woodgrove, "select/"), {**form, "do": do} if do else form)
    assert list(Selection.objects.values_list("token", "ids")) == before
    if not do:
        assert (response.status_code, response.content.decode()) == (HTTPStatus.CONFLICT, OVER)
        return
    assert response["Location"] == address(woodgrove)
    assert OVER in told(alice.get(address(woodgrove)))


def _over(how: str, cast: Cast, woodgrove: Customer, users: list[User]) -> str:
    token, customer, actor = selections.draw_token(), woodgrove, cast.alice
    if how in {"made up", "swept"}:
        return token
    if how == "another user's":
        actor = cast.bob
    if how == "another customer's":
        customer = cast.northwind
    chosen = ids(*users)
    selections.choose(token, shown=chosen, chosen=chosen, customer=customer, actor=actor)
    if how == "a day old":
        long_ago = timezone.now() - timedelta(days=1)
        Selection.objects.filter(token=token).update(created_at=long_ago)
    return token


@pytest.mark.parametrize("token", ["", "x" * 44, "x" * 5_000, "x\0", "é"])
def test_a_token_that_can_be_none_is_refused(
    alice: Client, woodgrove: Customer, token: str
) -> None:
    response = alice.post(address(woodgrove, "select/"), {"s": token})
    assert response.status_code == HTTPStatus.CONFLICT
    assert alice.get(address(woodgrove), {"s": token})["Location"] == address(woodgrove)
    if token:
        response = alice.get(address(woodgrove, "restore/"), {"s": token})
        assert response.status_code == HTTPStatus.NOT_FOUND


def test_a_script_is_answered_with_nothing(
    alice: Client, woodgrove: Customer, seven: list[User]
) -> None:
    form = {**fields(read(alice, address(woodgrove))), "user": [str(seven[0].pk), "x", "9" * 30]}
    response = alice.post(address(woodgrove, "select/"), form)
    assert (response.status_code, response.content) == (HTTPStatus.NO_CONTENT, b"")
    assert Selection.objects.get().ids == ids(seven[0])


def test_addresses_elsewhere_are_not_followed(alice: Client, woodgrove: Customer) -> None:
    sent = {"s": "t", "do": "keep", "back": "//evil.example/?q=a"}
    response = alice.post(address(woodgrove, "select/"), sent)
    assert response["Location"].startswith(address(woodgrove, "?"))


@pytest.mark.parametrize(
    ("roles", "actions", "changes"),
    [
        (
            [Role.GLOBAL_ADMIN],
            ["licenses", "reset", "block", "allow", "delete", "leave", "review"],
            4,
        ),
        ([Role.LICENSE_ADMIN], ["licenses", "review"], 0),
        ([Role.PASSWORD_ADMIN], ["reset"], 0),
    ],
)
def test_only_actions_of_the_role_are_shown(
    client: Client, woodgrove: Customer, roles: list[Role], actions: list[str], changes: int
) -> None:
    client.force_login(UserFactory.create(customer=woodgrove, roles=roles))
    bar = client.get(address(woodgrove)).context["selection"]
    assert [action.name for action in bar.actions] == actions
    assert len(bar.changes) == changes
    for do in {"licenses", "reset", "block"} - set(actions):
        response = client.post(address(woodgrove, "select/"), {"s": "t", "do": do})
        assert response.status_code == HTTPStatus.FORBIDDEN


def test_a_user_who_may_do_nothing_has_nothing_to_select(
    client: Client, woodgrove: Customer
) -> None:
    client.force_login(UserFactory.create(customer=woodgrove, roles=[Role.SERVICE_ADMIN]))
    html = read(client, address(woodgrove))
    assert 'name="user"' not in html
    assert problems(html) == []


@pytest.mark.parametrize("kind", ["ids", "filter", "another filter", "only"])
def test_the_number_of_queries_with_a_selection(
    alice: Client, cast: Cast, woodgrove: Customer, kind: str, settings: Settings
) -> None:
    settings.PAGE_SIZE = 20
    subscription = SubscriptionFactory.create(
        customer=woodgrove, product=ProductFactory.create(), quantity=400
    )
    query = {"q": "lind", "filter": "without", "subscription": str(subscription.pk)}

    def queries(count: int) -> int:
        users = UserFactory.create_batch(count, customer=woodgrove)
        UserFactory.create(customer=woodgrove, deleted=True)
        token = selections.draw_token()
        if kind in {"ids", "only"}:
            chosen = ids(*users)
            selections.choose(
                token, shown=chosen, chosen=chosen, customer=woodgrove, actor=cast.alice
            )
        else:
            wanted = query if kind == "filter" else {"q": "ada"}
            selections.choose_all(token, query=wanted, customer=woodgrove, actor=cast.alice)
        shown = {**query, "s": token} | ({"selected": "1"} if kind == "only" else {})
        alice.get(address(woodgrove), shown)
        with CaptureQueriesContext(connection) as captured:
            response = alice.get(address(woodgrove), {**shown, "last": "1"})
        assert response.status_code == HTTPStatus.OK
        those = {user.pk for user in users} if kind in {"ids", "only"} else None
        rows = [row for row in response.context["rows"] if those is None or row.pk in those]
        assert rows
        assert all(row.is_selected for row in rows)
        return len(captured)

    few = queries(3)
    assert queries(30) == few
    assert few <= 12


def test_pages_with_a_selection_are_valid(
    alice: Client, woodgrove: Customer, seven: list[User]
) -> None:
    url = press(alice, address(woodgrove), "keep", *seven[:2])["Location"]
    assert problems(read(alice, url)) == []
    assert problems(read(alice, url + "&selected=1")) == []
    url = press(alice, address(woodgrove), "all")["Location"]
    assert problems(read(alice, url)) == []
