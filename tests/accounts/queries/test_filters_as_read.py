"""Filters as an address or a stored filter says them, without a database."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from accounts.queries.filters import UserFilter, read_filter
from customers.query_params import SEARCH_LENGTH
from customers.roles import Role


@pytest.mark.parametrize(
    "found",
    [
        UserFilter(),
        UserFilter(q="ada lind"),
        UserFilter(deleted=True, q="ada"),
        UserFilter(seats="unlicensed"),
        UserFilter(seats="with", subscription=7),
        UserFilter(seats="without", subscription=7, q="ada"),
        UserFilter(permission="User"),
        UserFilter(permission=Role.GLOBAL_ADMIN.value, days=30),
        UserFilter(sign_in=("blocked", "must-change"), days=7, seats="licensed"),
        UserFilter(sign_in=("expired", "expiring"), never_signed_in=True),
        UserFilter(signed_in_before=date(2026, 3, 9), domain="mail.wood.example"),
    ],
)
def test_a_filter_is_read_as_it_was_written(found: UserFilter) -> None:
    assert read_filter(found.query()) == found


def test_names_stand_one_by_one_or_together() -> None:
    expected = UserFilter(seats="licensed", sign_in=("blocked", "must-change"))
    for address in (
        "filter=must-change&filter=licensed&filter=blocked",
        "filter=blocked,licensed,must-change",
        "filter=,blocked,,licensed&filter=must-change&filter=",
    ):
        assert read_filter(QueryDict(address)) == expected


@pytest.mark.parametrize(
    ("query", "kept", "problem"),
    [
        ({"filter": "with"}, UserFilter(), "Choose a subscription"),
        ({"filter": "role"}, UserFilter(), "Choose one of the permissions"),
        ({"filter": "added"}, UserFilter(), "7 or 30 days"),
        (
            {"filter": "licensed,unlicensed"},
            UserFilter(seats="licensed"),
            "Only the first filter by license is used",
        ),
    ],
)
def test_what_is_not_chosen_yet_is_left_out_and_said(
    query: dict[str, Any], kept: UserFilter, problem: str
) -> None:
    found = read_filter(query)
    assert found.query() == kept.query()
    [said] = found.problems
    assert problem in said


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"filter": "odd"}, "“odd” doesn't exist"),
        ({"filter": "with", "subscription": "x"}, "This subscription no longer exists"),
        ({"role": "King"}, "“King” doesn't exist"),
        ({"role": Role.SALES_AGENT.value}, "doesn't exist"),
        ({"days": "8"}, "“8” doesn't exist"),
    ],
)
def test_what_is_unknown_is_kept_and_said(query: dict[str, Any], problem: str) -> None:
    found = read_filter(query)
    assert found.query() == query
    assert found.narrows
    [said] = found.problems
    assert problem in said


def test_each_problem_is_said_once_and_in_the_order_of_the_form() -> None:
    found = read_filter(QueryDict("filter=odd&filter=odd&filter=with&role=King&days=x"))
    starts = [problem.split(" doesn't")[0].split(" to")[0] for problem in found.problems]
    assert starts == [
        *("The filter “odd”", "Choose a subscription", "The filter “King”", "The filter “x”")
    ]


def test_the_list_of_the_deleted_has_a_search_alone() -> None:
    found = read_filter({"tab": "deleted", "filter": "blocked", "q": "ada", "days": "7"})
    assert found == UserFilter(q="ada", deleted=True)


def test_a_search_is_visible_text_of_some_length() -> None:
    assert len(read_filter({"q": "a" * 500}).q) == SEARCH_LENGTH
    assert read_filter({"q": "Åsa EK"}).words == ("asa", "ek")


@pytest.mark.parametrize(
    ("found", "narrows"),
    [
        (UserFilter(q="ada"), False),
        (UserFilter(deleted=True), False),
        (UserFilter(seats="licensed"), True),
        (UserFilter(permission="User"), True),
        (UserFilter(sign_in=("blocked",)), True),
        (UserFilter(days=7), True),
        (UserFilter(never_signed_in=True), True),
        (UserFilter(signed_in_before=date(2026, 3, 9)), True),
        (UserFilter(domain="wood.example"), True),
    ],
)
def test_only_more_than_a_search_narrows(found: UserFilter, *, narrows: bool) -> None:
    assert found.narrows is narrows


def test_a_filter_is_settled_by_the_product_of_its_subscription() -> None:
    found = UserFilter(seats="with", subscription=7, q="ada")
    assert found.settled("Teams") == UserFilter(
        seats="with", subscription=7, product="Teams", q="ada"
    )
    lost = found.settled(None)
    assert (lost.seats, lost.subscription, lost.q) == ("", None, "ada")
    assert lost.query() == found.query()
    assert len(lost.problems) == 1
    assert UserFilter(q="ada").settled(None) == UserFilter(q="ada")
