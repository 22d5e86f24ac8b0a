"""A customer's users a page at a time."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.queries.user_pages import (
    SORTS,
    ListQuery,
    UserPage,
    in_order_of,
    in_search,
    page_of_users,
    read_sort,
    restorable_count,
    with_overdue,
)
from accounts.signin.lookup import scope_of
from customers import scope
from customers.models import Customer
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def five(cast: Cast, settings: Settings) -> list[User]:
    """Northwind's, in the order of names; two are on a page."""
    settings.PAGE_SIZE = 2
    names = [f"Ada{number}" for number in range(5)]
    return [UserFactory.create(customer=cast.northwind, first_name=name) for name in names]


def page(cast: Cast, query: ListQuery) -> UserPage:
    return page_of_users(User.objects.active(), cast.northwind, query)


def shown(cast: Cast, five: list[User], query: ListQuery) -> tuple[list[int], bool, bool]:
    """The places of those on the page, and whether it is the first, and the last."""
    found = page(cast, query)
    return [five.index(user) for user in found.users], found.is_first, found.is_last


def test_pages_follow_one_another_and_the_last_one_is_short(cast: Cast, five: list[User]) -> None:
    assert shown(cast, five, ListQuery()) == ([0, 1], True, False)
    assert shown(cast, five, ListQuery(after=five[1].pk)) == ([2, 3], False, False)
    assert shown(cast, five, ListQuery(after=five[3].pk)) == ([4], False, True)
    assert shown(cast, five, ListQuery(last=True)) == ([4], False, True)


def test_backwards_one_comes_by_the_same_pages(cast: Cast, five: list[User]) -> None:
    assert shown(cast, five, ListQuery(before=five[4].pk)) == ([2, 3], False, False)
    assert shown(cast, five, ListQuery(before=five[2].pk)) == ([0, 1], True, False)


def test_where_a_page_would_be_empty_or_short_the_first_one_is_shown(
    cast: Cast, five: list[User]
) -> None:
    assert shown(cast, five, ListQuery(after=five[4].pk)) == ([0, 1], True, False)
    assert shown(cast, five, ListQuery(before=five[1].pk)) == ([0, 1], True, False)


def test_the_order_can_be_turned_round(cast: Cast, five: list[User]) -> None:
    assert shown(cast, five, ListQuery(sort="-name")) == ([4, 3], True, False)
    assert shown(cast, five, ListQuery(sort="-name", after=five[1].pk)) == ([0], False, True)
    assert list(in_order_of(User.objects.filter(customer=cast.northwind), ListQuery())) == five


def test_a_kept_page_of_all_is_the_same_as_one_written_down_anew(
    cast: Cast, five: list[User], settings: Settings
) -> None:
    def rows(found: UserPage) -> list[dict[str, object]]:
        return [{**user.__dict__, "_state": None} for user in found.users]

    UserFactory.create(customer=cast.northwind, deleted_at=timezone.now())
    all_of = User.objects.active().in_list()
    places: list[dict[str, Any]] = [{}, {"last": True}]
    places += [{way: user.pk} for way in ("after", "before") for user in (*five, cast.uma)]
    for size, customer in ((2, cast.northwind), (3, cast.northwind), (3, cast.contoso)):
        settings.PAGE_SIZE = size
        for sort in (f"{way}{name}" for name in SORTS for way in ("", "-")):
            for place in places:
                query = ListQuery(sort=sort, **place)
                anew = page_of_users(all_of, customer, query)
                kept = page_of_users(User.objects.none(), customer, query, are_all=True)
                assert rows(kept) == rows(anew), (size, customer, query)
                assert replace(kept, users=()) == replace(anew, users=())


def test_a_search_tells_how_many_match_and_pages_through_them(cast: Cast, five: list[User]) -> None:
    found = page(cast, ListQuery(words=("ada",)))
    assert (found.total, list(found.users)) == (5, five[:2])
    found = page(cast, ListQuery(words=("ada3",)))
    assert (found.total, list(found.users), found.is_first, found.is_last) == (
        1,
        [five[3]],
        True,
        True,
    )


def test_a_customer_without_users_has_one_empty_page(cast: Cast) -> None:
    found = page_of_users(User.objects.active(), cast.northwind, ListQuery())
    assert found == UserPage([], 0, is_first=True, is_last=True)


def test_where_more_match_than_are_counted_the_page_is_there_without_a_number(
    cast: Cast, five: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.queries.search.COUNTED", 3)
    found = page(cast, ListQuery(words=("ada",)))
    assert (found.total, list(found.users), found.is_last) == (None, five[:2], False)


def test_a_search_never_leaves_the_customer(cast: Cast, five: list[User]) -> None:
    UserFactory.create(customer=cast.contoso, first_name="Ada3")
    assert list(in_search(User.objects.all(), cast.northwind, ["ada3"])) == [five[3]]
    assert set(in_search(User.objects.all(), cast.northwind, ["northwind"])) == set(five)


@pytest.mark.parametrize(
    ("text", "sort"),
    [("name", "name"), ("-user", "-user"), ("added", "added"), ("", "name"), ("--user", "name")],
)
def test_an_unknown_order_is_that_of_names(text: str, sort: str) -> None:
    assert read_sort(text) == sort


def make_overdue(customer: Customer) -> None:
    user = UserFactory.create(customer=customer, deleted_at=timezone.now() - timedelta(days=40))
    User.objects.filter(pk=user.pk).update(purge_after=timezone.now() - timedelta(days=1))


def test_whom_the_purge_has_yet_to_take_can_not_be_restored(cast: Cast) -> None:
    assert restorable_count(cast.contoso) == 0
    UserFactory.create_batch(2, customer=cast.contoso, deleted=True)
    make_overdue(cast.contoso)
    assert restorable_count(cast.contoso) == 2
    [annotated] = with_overdue(Customer.objects.filter(pk=cast.contoso.pk))
    assert annotated.overdue_users == 1  # type: ignore[attr-defined]
    assert restorable_count(annotated) == 2


def test_those_of_one_moment_are_paged_through_each_once(cast: Cast, five: list[User]) -> None:
    """Whoever comes from one file was added in one moment, and has never signed in."""
    User.objects.filter(customer=cast.northwind).update(added_at=timezone.now())
    for sort in ("added", "-added", "signed-in", "-signed-in", "department"):
        seen: list[int] = []
        while (found := page(cast, ListQuery(sort=sort, after=seen[-1] if seen else None))).users:
            seen += [user.pk for user in found.users]
            if found.is_last:
                break
        assert sorted(seen) == [user.pk for user in five], sort


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("name", "active_by_name"),
        ("-user", "active_by_user"),
        ("added", "active_by_added"),
        ("signed-in", "active_by_last_sign_in"),
        ("-signed-in", "active_by_last_sign_in"),
        ("department", "active_by_department"),
        ("-department", "active_by_department"),
    ],
)
def test_under_a_policy_a_page_in_the_middle_is_one_range_of_its_index(
    cast: Cast, five: list[User], sort: str, index: str
) -> None:
    with scope.within(scope_of(cast.alice)), CaptureQueriesContext(connection) as queries:
        page(cast, ListQuery(sort=sort, after=five[1].pk))
    [asked] = [query["sql"] for query in queries if "ORDER BY" in query["sql"]]
    with scope.within(scope_of(cast.alice)), connection.cursor() as cursor:
        # So few users are read faster than an index is.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        with scope.narrowed(cast.northwind.pk):
            cursor.execute(f"EXPLAIN {asked}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert re.search(rf"{index} on accounts_user.*\n +Index Cond: .*ROW\(", plan), plan
