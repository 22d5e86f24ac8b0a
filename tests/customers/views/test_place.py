"""Pages by id: each row on one page, the first page full, and none that costs more than another."""

from typing import Any

import pytest
from django.db import models
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from customers.models import AuditEvent
from customers.query_params import LARGEST_ID
from customers.views.lists import Pager
from customers.views.place import page_by_id
from tests.customers.log.sealed import write
from tests.support.cast import Cast


@pytest.fixture(autouse=True)
def small_pages(settings: Settings) -> None:
    settings.PAGE_SIZE = 3


@pytest.fixture
def ids(cast: Cast) -> list[int]:
    """Of eight rows, in their order: two full pages and one of two."""
    return write(cast.fabrikam, 8)


def page(query: str = "", *, oldest_first: bool = False) -> tuple[list[int], Pager]:
    request = RequestFactory().get(f"/log/{query}")
    events: models.QuerySet[AuditEvent] = AuditEvent.objects.select_related("names")
    rows, pager = page_by_id(request, events, oldest_first=oldest_first)
    return [row.pk for row in rows], pager


@pytest.mark.parametrize("oldest_first", [False, True])
def test_going_on_shows_every_row_once(ids: list[int], *, oldest_first: bool) -> None:
    seen, query, turns = [], "", 0
    while True:
        rows, pager = page(query, oldest_first=oldest_first)
        seen += rows
        turns += 1
        if pager.next_url is None:
            break
        query = pager.next_url
    assert seen == (ids if oldest_first else ids[::-1])
    assert turns == 3


@pytest.mark.parametrize("oldest_first", [False, True])
def test_going_back_from_the_last_page_shows_every_row_again(
    ids: list[int], *, oldest_first: bool
) -> None:
    rows, pager = page(oldest_first=oldest_first)
    seen: list[int] = []
    assert pager.last_url is not None
    query: str | None = pager.last_url
    while query is not None:
        rows, pager = page(query, oldest_first=oldest_first)
        seen = [*rows, *seen]
        query = pager.previous_url
    # The first page is a full one: it may show again what the second has shown.
    assert list(dict.fromkeys(seen)) == (ids if oldest_first else ids[::-1])


def test_the_first_page_leads_on_alone(ids: list[int]) -> None:
    rows, pager = page("?user=x")
    assert rows == [ids[7], ids[6], ids[5]]
    assert pager == Pager(
        "Newest first",
        next_url=f"?user=x&before={ids[5]}",
        last_url="?user=x&after=0",
    )


def test_the_last_page_leads_back_alone(ids: list[int]) -> None:
    rows, pager = page("?user=x&after=0")
    assert rows == [ids[2], ids[1], ids[0]]
    assert (pager.first_url, pager.previous_url) == ("?user=x", f"?user=x&after={ids[2]}")
    assert (pager.next_url, pager.last_url) == (None, None)


def test_oldest_first_turns_both_ways_round(ids: list[int]) -> None:
    rows, pager = page(oldest_first=True)
    assert rows == ids[:3]
    assert pager == Pager(
        "Oldest first",
        next_url=f"?after={ids[2]}",
        last_url=f"?before={LARGEST_ID}",
    )
    rows, pager = page(f"?before={LARGEST_ID}", oldest_first=True)
    assert rows == ids[5:]
    assert pager.next_url is None


def test_less_than_a_page_before_the_place_is_the_first_page_and_full(ids: list[int]) -> None:
    rows, pager = page(f"?after={ids[6]}")
    assert rows == [ids[7], ids[6], ids[5]]
    assert (pager.first_url, pager.previous_url) == (None, None)


@pytest.mark.parametrize("place", ["", "x", "-1", "1.5", str(2**70), "1\x00"])
def test_a_place_that_is_none_is_the_first_page(ids: list[int], place: str) -> None:
    assert page(f"?before={place}") == page()
    assert page(f"?after={place}") == page()


def test_beyond_the_end_there_is_nothing_and_no_way_on(ids: list[int]) -> None:
    assert page(f"?before={ids[0]}") == ([], Pager("Newest first"))


def test_an_empty_list_leads_nowhere(cast: Cast) -> None:
    assert page() == page("?after=0") == ([], Pager("Newest first"))
    assert page(oldest_first=True) == ([], Pager("Oldest first"))


def test_a_single_full_page_leads_nowhere(cast: Cast) -> None:
    ids = write(cast.fabrikam, 3)
    assert page() == (ids[::-1], Pager("Newest first"))


@pytest.mark.parametrize("query", ["", "?after=0", f"?before={LARGEST_ID}"])
def test_a_page_costs_two_queries_wherever_it_is(
    ids: list[int], query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        page(query)


def test_the_order_of_the_rows_given_does_not_count(ids: list[int]) -> None:
    rows: Any = AuditEvent.objects.order_by("reason")
    found, _pager = page_by_id(RequestFactory().get("/log/"), rows)
    assert [row.pk for row in found] == [ids[7], ids[6], ids[5]]
