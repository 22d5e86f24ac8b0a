"""Manage licenses of a selection: who it is about, swaps, too few seats, and as many as fit."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Selection, User
from accounts.queries.selections import selected_ids
from accounts.services import selections
from accounts.services.running import run_batch
from accounts.services.users import delete_users
from customers.models import Batch, BatchState
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import held
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, words
from tests.support.html import problems

NAMES = ("Ann", "Ben", "Cid", "Dot")


@pytest.fixture
def users(cast: Cast) -> list[User]:
    return [
        UserFactory.create(customer=cast.contoso, display_name=f"{name} Lind") for name in NAMES
    ]


def select(cast: Cast, *users: User) -> str:
    """The address of Manage licenses for a selection of these."""
    ids = [user.pk for user in users]
    selections.choose("t", shown=ids, chosen=ids, customer=cast.contoso, actor=cast.alice)
    return f"/customers/{cast.contoso.pk}/users/licenses/?s=t"


def buy(cast: Cast, name: str, *holders: User, quantity: int = 9, **rules: Any) -> Subscription:
    product = ProductFactory.create(name=name, plans=["MAIL", "CHAT"], **rules)
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=quantity, holders=holders
    )


def page(client: Client, url: str) -> tuple[str, Fields]:
    html = client.get(url).content.decode()
    assert problems(html) == []
    return html, fields(html)


def told(client: Client, response: Any) -> str:
    """The page that the answer is, or leads to."""
    if response.status_code == HTTPStatus.FOUND:
        response = client.get(response["Location"])
    return words(response.content.decode())


def products(users: Sequence[User]) -> list[list[str]]:
    return [[name for name, _off in held(user)] for user in users]


def test_selected_users_get_a_license(alice: Client, cast: Cast, users: list[User]) -> None:
    mail = buy(cast, "Mail", users[0])
    url = select(cast, *users)
    html, sent = page(alice, url)
    assert "4 users" in words(html)
    assert "1 of 4 selected" in words(html)
    sent["on"] = [str(mail.pk)]
    text = told(alice, alice.post(url, sent))
    assert "Licenses updated" in text
    assert products(users) == [["Mail"]] * 4


def test_a_selection_that_is_over_is_not_found(alice: Client, cast: Cast) -> None:
    url = f"/customers/{cast.contoso.pk}/users/licenses/?s=nobodys"
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND


def test_a_user_is_taken_out_with_the_choice_kept(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    mail, _phone = buy(cast, "Mail"), buy(cast, "Phone")
    url = select(cast, *users)
    html, sent = page(alice, url)
    assert "Remove Ben Lind from the selection" in words(html)
    sent["on"].append(str(mail.pk))
    sent["remove"] = [str(users[1].pk)]
    response = alice.post(url, sent)
    assert parse_qs(urlsplit(response["Location"]).query) == {"s": ["t"], "on": [str(mail.pk)]}
    html, sent = page(alice, response["Location"])
    assert "Ben" not in words(html)
    assert "Mail: +3 / −0, leaves 6 of 9" in words(html)
    alice.post(url, sent)
    assert products(users) == [["Mail"], [], ["Mail"], ["Mail"]]


def test_out_of_a_filter_a_user_is_an_exception(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    buy(cast, "Mail")
    selections.choose_all("t", query={"q": "lind"}, customer=cast.contoso, actor=cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/licenses/?s=t"
    _html, sent = page(alice, url)
    alice.post(url, sent | {"remove": [str(users[0].pk)]})
    selection = Selection.objects.get(token="t")
    assert (selection.by_filter, selection.ids) == (True, [users[0].pk])
    assert selected_ids(selection, cast.contoso) == [user.pk for user in users[1:]]


def test_who_was_not_selected_can_not_be_removed(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    buy(cast, "Mail")
    url = select(cast, *users[:2])
    _html, sent = page(alice, url)
    for value in (str(users[3].pk), "x"):
        response = alice.post(url, sent | {"remove": [value]})
        assert response.status_code == HTTPStatus.NOT_FOUND


def test_who_came_and_went_is_named_and_asked_again(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    mail = buy(cast, "Mail")
    selections.choose_all("t", query={"q": "lind"}, customer=cast.contoso, actor=cast.alice)
    url = f"/customers/{cast.contoso.pk}/users/licenses/?s=t"
    _html, sent = page(alice, url)
    delete_users(users[:1], customer=cast.contoso, actor=cast.gail)
    UserFactory.create(customer=cast.contoso, display_name="Eve Lind")
    sent["on"] = [str(mail.pk)]
    answer = alice.post(url, sent)
    text = told(alice, answer)
    assert "Added: Eve Lind" in text
    assert "Removed: Ann Lind" in text
    assert not LicenseAssignment.objects.exists()
    again = fields(answer.content.decode())
    assert again["on"] == [str(mail.pk)]
    assert "Licenses updated" in told(alice, alice.post(url, again))
    assert LicenseAssignment.objects.count() == 4


def test_deleted_while_the_page_was_open_is_said_before_anything_is_done(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    mail = buy(cast, "Mail")
    url = select(cast, *users)
    _html, sent = page(alice, url)
    delete_users(users[:1], customer=cast.contoso, actor=cast.gail)
    answer = alice.post(url, sent | {"on": [str(mail.pk)]})
    assert "Ann Lind has been deleted by Gail." in told(alice, answer)
    assert not LicenseAssignment.objects.exists()
    alice.post(url, fields(answer.content.decode()))
    assert products(users) == [[], ["Mail"], ["Mail"], ["Mail"]]


def test_swap_is_counted_and_done(alice: Client, cast: Cast, users: list[User]) -> None:
    old, new = buy(cast, "Old", *users[:3]), buy(cast, "New", users[0], quantity=5)
    old.product.conflicts.add(new.product)
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent |= {"swap_from": [str(old.pk)], "swap_to": [str(new.pk)]}
    answer = alice.post(url, sent | {"preview": ["1"]})
    text = told(alice, answer)
    assert "New: +2 / −0, leaves 2 of 5" in text
    assert "Old: +0 / −3, leaves 9 of 9" in text
    alice.post(url, fields(answer.content.decode()))
    assert products(users) == [["New"], ["New"], ["New"], []]


def test_swap_gives_the_plans_that_the_row_shows(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    old, new = buy(cast, "Old", *users[:2]), buy(cast, "New")
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent["on"].remove(f"{new.pk}:CHAT")
    sent |= {"swap_from": [str(old.pk)], "swap_to": [str(new.pk)]}
    alice.post(url, sent)
    assert [held(user) for user in users[:2]] == [[("New", ["CHAT"])]] * 2


def test_swap_is_kept_while_one_buys(alice: Client, cast: Cast, users: list[User]) -> None:
    old, new = buy(cast, "Old", *users), buy(cast, "New", quantity=1)
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent |= {"swap_from": [str(old.pk)], "swap_to": [str(new.pk)], "buy": [str(new.pk)]}
    there = parse_qs(urlsplit(alice.post(url, sent)["Location"]).query)
    assert there["seats"] == ["4"]
    html, sent = page(alice, there["next"][0])
    assert "New: +4 / −0, 3 seats are missing" in words(html)
    assert (sent["swap_from"], sent["swap_to"]) == ([str(old.pk)], [str(new.pk)])


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("Old", "", "Nothing to save yet"),
        ("Old", "Old", "choose two different products"),
        ("Old", "Gone", "is no longer available"),
        ("None", "Old", "Nothing to save yet"),
    ],
)
def test_swap_that_makes_no_sense_is_said(
    alice: Client, cast: Cast, users: list[User], source: str, target: str, sentence: str
) -> None:
    keys = {"Old": str(buy(cast, "Old", *users).pk), "None": str(buy(cast, "None").pk)}
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent |= {"swap_from": [keys.get(source, "")], "swap_to": [keys.get(target, target and "0")]}
    assert sentence in told(alice, alice.post(url, sent))
    assert not Batch.objects.exists()


def test_swapped_product_is_not_cleared_as_well(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    old, new = buy(cast, "Old", *users), buy(cast, "New")
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent["on"].remove(str(old.pk))
    sent |= {"swap_from": [str(old.pk)], "swap_to": [str(new.pk)]}
    assert "either swap them, or check and clear" in told(alice, alice.post(url, sent))
    assert products(users) == [["Old"]] * 4


def test_as_many_as_fit_is_offered_where_seats_run_short(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    mail = buy(cast, "Mail", quantity=3)
    url = select(cast, *users)
    _html, sent = page(alice, url)
    answer = alice.post(url, sent | {"on": [str(mail.pk)]})
    assert "Mail 1 seat is missing." in told(alice, answer)
    assert products(users) == [[]] * 4
    again = fields(answer.content.decode())
    text = told(alice, alice.post(url, again | {"fit": ["1"]}))
    assert "1 user was not changed; see the reason next to the name." in text
    assert "Dot Lind" in text
    assert "Mail: no seats left. Failed" in text
    assert products(users) == [["Mail"], ["Mail"], ["Mail"], []]


def test_problems_say_how_many_users_they_concern_and_name_the_first(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    base = buy(cast, "Base", cast.uma)
    addon = buy(cast, "Add-on", requires=[base.product])
    nowhere = UserFactory.create(
        customer=cast.contoso, display_name="Nil Lind", usage_location="", roles=[]
    )
    url = select(cast, cast.uma, *users, nowhere)
    html, sent = page(alice, url)
    assert "Nil Lind has no usage location" in words(html)
    text = told(alice, alice.post(url, sent | {"on": [str(addon.pk)], "fit": ["1"]}))
    whom = "4 users: Ann Lind, Ben Lind, Cid Lind and 1 more."
    assert f"Add-on needs Base too. {whom}" in text
    assert "Set the usage location first" in text
    assert "1 user: Nil Lind." in text
    assert products([cast.uma, *users]) == [["Base"], [], [], [], []]


def test_several_without_usage_location_are_sent_to_set_it(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    buy(cast, "Mail")
    User.objects.filter(pk__in=[user.pk for user in users[:2]]).update(usage_location="")
    html, _sent = page(alice, select(cast, *users))
    assert "2 users have no usage location" in words(html)
    assert f'href="/customers/{cast.contoso.pk}/users/change/location/?s=t"' in html


def test_who_has_it_is_a_page_of_its_own(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(60, customer=cast.contoso)
    mail = buy(cast, "Mail", *users[:55], quantity=60)
    url = select(cast, *users)
    html, _sent = page(alice, url)
    where = f"/customers/{cast.contoso.pk}/users/licenses/who/?s=t&subscription={mail.pk}"
    assert where.replace("&", "&amp;") in html
    first = alice.get(where).content.decode()
    assert problems(first) == []
    assert "Who has Mail" in words(first)
    assert "55 of 60 selected" in words(first)
    assert "and 5 more" in words(first)
    listed = first.partition("data-holder-list")[2].partition("</ul>")[0]
    assert listed.count("<li><a") == 50
    assert "51 to 55 of 55" in words(alice.get(f"{where}&page=2").content.decode())


@pytest.mark.parametrize("value", ["", "0", "x"])
def test_who_has_what_is_not_there_is_not_found(
    alice: Client, cast: Cast, users: list[User], value: str
) -> None:
    select(cast, *users)
    url = f"/customers/{cast.contoso.pk}/users/licenses/who/?s=t&subscription={value}"
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND


def test_chips_are_the_first_fifty(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(60, customer=cast.contoso)
    buy(cast, "Mail")
    html, _sent = page(alice, select(cast, *users))
    assert html.count('name="remove"') == 50
    assert "and 10 more" in words(html)


def test_more_users_than_a_page_waits_for_are_left_to_a_task(
    alice: Client, cast: Cast, users: list[User], settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 3
    old, new = buy(cast, "Old", *users), buy(cast, "New", quantity=3)
    url = select(cast, *users)
    _html, sent = page(alice, url)
    sent |= {"swap_from": [str(old.pk)], "swap_to": [str(new.pk)], "fit": ["1"]}
    alice.post(url, sent)
    batch = Batch.objects.get()
    assert (batch.state, products(users)) == (BatchState.WAITING, [["Old"]] * 4)
    assert run_batch(batch.pk)
    assert products(users) == [["New"], ["New"], ["New"], ["Old"]]


def test_saving_takes_as_many_queries_for_three_hundred_as_for_three(
    alice: Client, cast: Cast
) -> None:
    mail = buy(cast, "Mail", quantity=400)
    counts = []
    # SQLite takes no more than a thousand values a statement.
    many = 300 if connection.vendor == "postgresql" else 50
    for number in (3, 30, many):
        users = UserFactory.create_batch(number, customer=cast.contoso)
        assign(buy(cast, f"Other {number}", quantity=400), *users[::2])
        selections.choose_nobody("t", customer=cast.contoso, actor=cast.alice)
        url = select(cast, *users)
        _html, sent = page(alice, url)
        with CaptureQueriesContext(connection) as queries:
            response = alice.post(url, sent | {"on": [*sent.get("on", []), str(mail.pk)]})
        assert response.status_code == HTTPStatus.FOUND
        counts.append(len(queries))
    # From two hundred rows on PostgreSQL hands out the keys of the log first.
    assert counts[0] == counts[1] >= counts[2] - 1
