"""What lists of tokens show of each."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.services.access import end_access
from api.models import Token
from api.services.tokens import revoke_token
from api.views.token_rows import soonest_end, state_of, token_rows
from tests.accounts.verbs import fresh
from tests.api.tokens import token_of
from tests.factories import CustomerFactory
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("hours", "label"),
    [
        (15 * 24, "Active"),
        (14 * 24 - 1, "Ends in 13 days"),
        (25, "Ends in 1 day"),
        (23, "Ends within a day"),
        (-1, "Expired"),
    ],
)
def test_the_end_is_marked_14_days_before(cast: Cast, hours: int, label: str) -> None:
    token = token_of(cast.alice).token
    token.ends_at = timezone.now() + timedelta(hours=hours, minutes=1)
    assert state_of(token).label == label


def test_what_is_worth_nothing_says_why(cast: Cast) -> None:
    revoked = token_of(cast.alice).token
    revoke_token(revoked, actor=cast.alice)
    ended = token_of(cast.bob).token
    end_access([fresh(cast.bob)])
    rows = token_rows(Token.objects.all(), cast.alice)
    assert [(row.state.label, row.is_valid) for row in rows] == [
        ("No longer valid", False),
        ("Revoked", False),
    ]
    assert [row.token for row in rows] == [ended, revoked]


def test_customers_are_named_or_counted_as_far_as_they_are_seen(cast: Cast) -> None:
    more = [CustomerFactory.create(partner=cast.fabrikam, name=f"Woodgrove {n}") for n in range(3)]
    token_of(cast.alice)
    token_of(cast.alice, customers=[cast.contoso, cast.northwind])
    token_of(cast.alice, customers=[cast.contoso, cast.northwind, *more])
    own = Token.objects.all()
    assert [row.customers for row in token_rows(own, cast.alice)] == [
        "Contoso, Northwind, Woodgrove 0 and 2 more",
        "Contoso, Northwind",
        "All",
    ]
    assert [row.customers for row in token_rows(own, cast.charlie)] == ["None", "None", "All"]


def test_permissions_stand_in_one_order(cast: Cast) -> None:
    token_of(cast.bob)
    [row] = token_rows(Token.objects.all(), cast.bob)
    assert row.permissions == (
        "See customers and users, Manage licenses, Reset passwords, See subscriptions, See activity"
    )
    assert row.networks == "From everywhere"


def test_of_several_the_one_that_ends_first_is_marked(cast: Cast) -> None:
    tokens = [token_of(cast.alice, days=days).token for days in (90, 9, 3)]
    found = soonest_end(tokens)
    assert found is not None
    assert found.label == "Ends in 2 days"
    assert soonest_end(tokens[:1]) is soonest_end([]) is None


@pytest.mark.parametrize("number", [1, 4])
def test_many_cost_as_few_queries_as_one(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _turn in range(number):
        token_of(cast.alice, customers=[cast.contoso])
    with django_assert_num_queries(2):
        token_rows(Token.objects.all(), cast.alice)
