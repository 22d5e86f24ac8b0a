"""The scope of what runs now: entered by a request, narrowed by a list, left at the end."""

from collections.abc import Iterator

import pytest
from django.db import connection

from customers import scope
from customers.scope import NOBODY, PEOPLE, SUPPORT, TASKS, WEB, Scope, each_within, within


def test_outside_of_requests_there_is_none() -> None:
    assert scope.current() is None


def test_a_scope_holds_until_the_end_of_its_part() -> None:
    outer, inner = Scope(WEB, partner=1), Scope(WEB, partner=2)
    with within(outer):
        assert scope.current() == outer
        with within(inner):
            assert scope.current() == inner
        assert scope.current() == outer
    assert scope.current() is None


def test_a_failure_leaves_it_too() -> None:
    with pytest.raises(ZeroDivisionError), within(SUPPORT):
        raise ZeroDivisionError
    assert scope.current() is None


def test_what_is_entered_later_ends_with_the_request_around_it() -> None:
    with within(NOBODY):
        scope.enter(Scope(WEB, partner=1))
        assert scope.current() == Scope(WEB, partner=1)
    assert scope.current() is None


def test_a_page_about_a_customer_says_so_in_the_scope_of_a_request_alone() -> None:
    scope.at(5)
    assert scope.current() is None
    with within(Scope(WEB, partner=1)):
        scope.at(5)
        assert scope.current() == Scope(WEB, partner=1, at=5)
    for other in (SUPPORT, TASKS):
        with within(other):
            scope.at(5)
            assert scope.current() == other


def test_a_list_is_narrowed_to_its_customer_in_a_request_alone() -> None:
    with scope.narrowed(5):
        assert scope.current() is None
    with within(SUPPORT), scope.narrowed(5):
        assert scope.current() == SUPPORT
    with within(Scope(WEB, partner=1, at=3)):
        with scope.narrowed(5):
            assert scope.current() == Scope(PEOPLE, partner=1, at=5)
        assert scope.current() == Scope(WEB, partner=1, at=3)


def test_parts_that_are_read_later_are_read_in_the_scope_of_then() -> None:
    def seen() -> Iterator[Scope | None]:
        for _part in range(2):
            yield scope.current()

    with within(Scope(WEB, partner=1)):
        parts = each_within(seen())
    assert scope.current() is None
    assert list(parts) == [Scope(WEB, partner=1)] * 2


def test_between_two_parts_the_scope_is_the_readers_own() -> None:
    with within(Scope(WEB, partner=1)):
        parts = each_within([1, 2])
    with within(SUPPORT):
        assert next(parts) == 1
        assert scope.current() == SUPPORT
        assert list(parts) == [2]


def test_parts_that_belong_to_no_request_are_nobodys() -> None:
    def seen() -> Iterator[Scope | None]:
        yield scope.current()

    assert list(each_within(seen())) == [NOBODY]
    assert list(each_within(iter(()))) == []


@pytest.mark.django_db
def test_finishing_reads_twice_or_without_any_is_no_error() -> None:
    scope.finish_reading()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    scope.finish_reading()
    scope.finish_reading()
