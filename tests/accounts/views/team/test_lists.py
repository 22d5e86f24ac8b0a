"""The pages of a partner's team."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.roles import Role
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import read, words


def test_the_list_shows_roles_limits_and_sign_in(alice: Client, cast: Cast) -> None:
    StaffFactory.create(
        partner=cast.fabrikam, display_name="Zoe", roles=[Role.SALES_AGENT], only=[cast.contoso]
    )
    text = words(read(alice, "/team/"))
    assert "Alice You alice@fabrikam.example Account admin All Allowed" in text
    assert "Zoe" in text
    assert "Sales agent 1 customer Allowed Off Never" in text
    assert "Charlie" not in text


def test_the_list_is_searched_and_sorted(alice: Client, cast: Cast) -> None:
    assert "Alice" not in words(read(alice, "/team/?q=SALLY+fabrikam"))
    assert "No users match" in words(read(alice, "/team/?q=zzz"))
    for order in ("name", "-name", "user", "-user", "seen", "-seen", "nonsense"):
        rows = alice.get(f"/team/?sort={order}").context["rows"]
        names = [row.user.display_name for row in rows]
        assert sorted(names) == ["Alice", "Bob", "Sally"]
        if order.lstrip("-") in {"name", "user"}:
            assert names == sorted(names, reverse=order.startswith("-"))


@pytest.mark.parametrize("users", [3, 30])
def test_queries_of_the_list_do_not_follow_the_team(
    users: int, alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    StaffFactory.create_batch(
        users, partner=cast.fabrikam, roles=[Role.SALES_AGENT], only=[cast.contoso]
    )
    with django_assert_num_queries(8):
        alice.get("/team/")


@pytest.mark.parametrize("number", ["4711", "x", "0"])
def test_the_log_of_one_who_is_gone_is_empty_and_says_so(
    alice: Client, cast: Cast, number: str
) -> None:
    StaffFactory.create(partner=cast.fabrikam)
    page = read(alice, f"/team/activity/?user_id={number}")
    assert "This user no longer exists: nothing matches. Remove the filter." in words(page)
    response = alice.get(f"/team/activity/?user_id={number}")
    assert response.context["lines"] == []
