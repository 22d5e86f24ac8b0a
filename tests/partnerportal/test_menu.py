"""The customer menu shows what the roles of the signed-in user reach."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.users import reset_passwords
from customers.models import Customer
from partnerportal.menu import MenuEntry, customer_menu
from tests.support.cast import Cast

ALL = [
    "Users and licenses",
    "Subscriptions",
    "License rules",
    "Passwords to hand over",
    "Requests",
    "Uploads",
    "Access reviews",
    "Activity log",
    "Account",
]


def menu(user: Any, customer: Customer | None, rest: str = "users/") -> list[MenuEntry]:
    request: Any = RequestFactory().get(f"/customers/{customer.pk if customer else 1}/{rest}")
    request.user = user
    if customer:
        request.customer = customer
    return customer_menu(request)


def labels(user: User, cast: Cast) -> list[str]:
    fresh = User.objects.with_roles().get(pk=user.pk)
    return [str(entry.label) for entry in menu(fresh, cast.contoso)]


def test_an_account_admin_reaches_everything(cast: Cast) -> None:
    assert labels(cast.alice, cast) == ALL


def test_others_reach_what_their_roles_say(cast: Cast) -> None:
    assert "Uploads" not in labels(cast.sally, cast)
    assert "Users and licenses" in labels(cast.sally, cast)
    assert "License rules" in labels(cast.bob, cast)
    assert labels(cast.uma, cast) == []


def test_entries_lead_below_the_customer(cast: Cast) -> None:
    for entry in menu(cast.alice, cast.contoso):
        assert entry.url.startswith(f"/customers/{cast.contoso.pk}/")
        assert entry.icon


def test_a_schedule_is_among_the_users(cast: Cast) -> None:
    request: Any = RequestFactory().get("/scheduled/7/move/")
    request.user, request.customer = cast.alice, cast.contoso
    current = [str(entry.label) for entry in customer_menu(request) if entry.current]
    assert current == ["Users and licenses"]


@pytest.mark.parametrize(
    ("rest", "current"),
    [
        ("users/", ["Users and licenses"]),
        ("users/7/", ["Users and licenses"]),
        ("uploads/3/", ["Uploads"]),
        ("rules/3/change/", ["License rules"]),
        ("passwords/", ["Passwords to hand over"]),
        ("", []),
    ],
)
def test_the_entry_of_the_page_is_marked(cast: Cast, rest: str, current: list[str]) -> None:
    entries = menu(cast.alice, cast.contoso, rest)
    assert [str(entry.label) for entry in entries if entry.current] == current


def test_open_sheets_are_counted_for_whoever_may_read_them(cast: Cast) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    counts = {str(each.label): each.count for each in menu(cast.alice, cast.contoso)}
    assert counts.pop("Passwords to hand over") == 1
    assert counts.pop("Requests") == 0
    assert set(counts.values()) == {None}
    assert {each.count for each in menu(cast.alice, cast.northwind)} == {None, 0}


@pytest.mark.parametrize("who", ["alice", "bob", "sally", "gail"])
def test_whoever_has_an_entry_that_counts_has_its_count(cast: Cast, who: str) -> None:
    user = User.objects.with_roles().get(pk=getattr(cast, who).pk)
    counted = {str(each.label) for each in menu(user, cast.contoso) if each.count is not None}
    assert counted == {"Passwords to hand over", "Requests"} & {*labels(user, cast)}


def test_there_is_no_menu_without_a_customer_or_a_user(cast: Cast) -> None:
    assert menu(cast.alice, None) == []
    assert menu(AnonymousUser(), cast.contoso) == []


def test_the_menu_asks_once(cast: Cast) -> None:
    alice = User.objects.with_roles().get(pk=cast.alice.pk)
    with CaptureQueriesContext(connection) as queries:
        assert len(menu(alice, cast.contoso)) == len(ALL)
    assert len(queries) == 1
