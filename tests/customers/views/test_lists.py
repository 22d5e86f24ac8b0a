"""What lists keep in their address: filters stay, and a new order begins at the first page."""

from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import RequestFactory

from customers.views.lists import Pager, address, columns, page_links, place_text

LABELS = {"name": "Name", "users": "Users"}


def request(query: str = "") -> Any:
    return RequestFactory().get(f"/customers/{query}")


@pytest.mark.parametrize(
    "query, changes, expected",
    [
        ("", {}, "/customers/"),
        ("", {"page": 2}, "?page=2"),
        ("?q=x&page=3", {"page": None}, "?q=x"),
        ("?q=x&page=3", {"page": ""}, "?q=x"),
        ("?page=3", {"page": None}, "/customers/"),
        ("?q=x", {"q": "a&b=c ü"}, "?q=a%26b%3Dc+%C3%BC"),
        ("?role=a&role=b", {"page": 2}, "?role=a&role=b&page=2"),
        ("?role=a&role=b", {"role": "c"}, "?role=c"),
        ("", {"after": 0}, "?after=0"),
    ],
)
def test_an_address_is_this_pages_own_with_what_changes(
    query: str, changes: dict[str, Any], expected: str
) -> None:
    assert address(request(query), **changes) == expected


def test_text_sorts_upwards_first_and_figures_downwards() -> None:
    name, users = columns(request(), "deleted", LABELS, {"users"})
    assert (name.label, name.url, name.direction, name.is_figure) == (
        "Name",
        "?sort=name",
        "",
        False,
    )
    assert (users.url, users.direction, users.is_figure) == ("?sort=-users", "", True)


@pytest.mark.parametrize(
    "order, url, direction",
    [
        ("name", "?sort=-name", "ascending"),
        ("-name", "?sort=name", "descending"),
        ("users", "?sort=-users", "ascending"),
        ("-users", "?sort=users", "descending"),
    ],
)
def test_a_second_click_turns_the_order_round(order: str, url: str, direction: str) -> None:
    found = {column.label: column for column in columns(request(), order, LABELS, {"users"})}
    now = found[LABELS[order.removeprefix("-")]]
    assert (now.url, now.direction) == (url, direction)
    assert sorted(column.direction for column in found.values()) == ["", direction]


def test_a_new_order_keeps_the_search_and_begins_at_the_first_page() -> None:
    where = request("?q=x&page=4&after=3&before=2&last=1&sort=name")
    name, _users = columns(where, "name", LABELS, set())
    assert name.url == "?q=x&sort=-name"


def test_a_place_is_told_with_grouped_figures() -> None:
    assert place_text(1_001, 1_050, 12_345) == "1,001 to 1,050 of 12,345"


def pager(number: int, rows: int = 25, query: str = "?q=x") -> Pager:
    return page_links(request(query), Paginator(range(rows), 10).get_page(number))


def test_the_first_page_leads_on_alone() -> None:
    assert pager(1) == Pager("1 to 10 of 25", None, None, "?q=x&page=2", "?q=x&page=3")


def test_a_page_in_the_middle_leads_both_ways() -> None:
    expected = Pager("11 to 20 of 25", "?q=x", "?q=x&page=1", "?q=x&page=3", "?q=x&page=3")
    assert pager(2) == expected


def test_the_last_page_leads_back_alone() -> None:
    assert pager(3) == Pager("21 to 25 of 25", "?q=x", "?q=x&page=2", None, None)


@pytest.mark.parametrize("rows, summary", [(0, "0 to 0 of 0"), (1, "1 to 1 of 1")])
def test_a_single_page_leads_nowhere(rows: int, summary: str) -> None:
    assert pager(1, rows) == Pager(summary)
