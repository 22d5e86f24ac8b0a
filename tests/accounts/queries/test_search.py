"""Matches of a search: counted and found in one statement, up to a limit."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, UserQuerySet
from accounts.queries.search import Matches, Window, counted, find_matches
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def four(cast: Cast) -> list[User]:
    """Of Northwind, in the order of names."""
    return [UserFactory.create(customer=cast.northwind, first_name=name) for name in "ABCD"]


@pytest.fixture
def all_of_them(cast: Cast, four: list[User]) -> UserQuerySet:
    return User.objects.filter(customer=cast.northwind)


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.queries.search.COUNTED", 3)


@pytest.mark.parametrize(("downwards", "places"), [(False, [0, 1]), (True, [3, 2])])
def test_the_first_of_all_with_their_number(
    four: list[User], all_of_them: UserQuerySet, places: list[int], *, downwards: bool
) -> None:
    found = find_matches(all_of_them, Window("sort_name", downwards, 2))
    assert found == Matches([four[place].pk for place in places], 4)


@pytest.mark.parametrize(("downwards", "places"), [(False, [2, 3]), (True, [0])])
def test_those_behind_a_user(
    four: list[User], all_of_them: UserQuerySet, places: list[int], *, downwards: bool
) -> None:
    place = User.objects.filter(pk=four[1].pk).values_list("sort_name")
    found = find_matches(all_of_them, Window("sort_name", downwards, 9, (place, four[1].pk)))
    assert found == Matches([four[place].pk for place in places], 4)


def test_of_equal_names_the_id_decides(four: list[User], all_of_them: UserQuerySet) -> None:
    all_of_them.update(sort_name="ada")
    place = User.objects.filter(pk=four[1].pk).values_list("sort_name")
    window = Window("sort_name", downwards=False, size=9, behind=(place, four[1].pk))
    assert find_matches(all_of_them, window).ids == [four[2].pk, four[3].pk]


def test_where_more_match_than_are_counted_nothing_is_told(
    all_of_them: UserQuerySet, few_counted: None
) -> None:
    assert find_matches(all_of_them, Window("sort_name", downwards=False, size=2)) == Matches(
        [], None
    )
    assert counted(all_of_them) is None


def test_exactly_as_many_as_are_counted_are(
    four: list[User], all_of_them: UserQuerySet, few_counted: None
) -> None:
    three = all_of_them.exclude(pk=four[0].pk)
    assert counted(three) == 3
    assert find_matches(three, Window("sort_name", downwards=False, size=1)) == Matches(
        [four[1].pk], 3
    )


def test_a_search_that_can_match_nobody_does_not_ask(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        found = find_matches(User.objects.none(), Window("sort_name", downwards=False, size=2))
    assert found == Matches([], 0)


def test_one_statement_looks_and_counts(
    all_of_them: UserQuerySet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        find_matches(all_of_them, Window("sort_name", downwards=True, size=2))
