"""How many are new: one cheap question, and none for strangers."""

import pytest
from pytest_django import DjangoAssertNumQueries

from automation.models import NoticeKind
from automation.queries.bell import Bell, bell_of
from automation.services.choosing import mark_read
from automation.services.telling import tell
from tests.automation.services.told import FACTS, at, told
from tests.support.cast import Cast

KIND = NoticeKind.SEATS
NOON = at("2027-03-01 12:00")


@pytest.mark.parametrize(
    ("new", "figure", "label"),
    [
        (0, "", "Notices"),
        (1, "1", "Notices: 1 new"),
        (99, "99", "Notices: 99 new"),
        (100, "99+", "Notices: more than 99 new"),
    ],
)
def test_it_counts_to_99(new: int, figure: str, label: str) -> None:
    bell = Bell(new)
    assert (bell.figure, bell.label) == (figure, label)


def test_it_has_the_own_new_ones_by_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(130):
        tell(KIND, [cast.alice], subject_key=f"{number}", facts=FACTS[KIND], url="/", now=NOON)
    told(cast.bob, KIND, NOON)
    with django_assert_num_queries(1):
        assert bell_of(cast.alice) == Bell(100)
    assert bell_of(cast.bob) == Bell(1)
    mark_read(cast.bob, told(cast.bob, KIND, NOON, "two").pk)
    assert bell_of(cast.bob) == Bell(0)


def test_strangers_and_support_staff_have_none(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert bell_of(None) is None
        assert bell_of(cast.support) is None
