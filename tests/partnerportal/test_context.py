"""What the frame of every page needs."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from partnerportal import context
from tests.support.cast import Cast


def request(path: str = "/", user: Any = None, **cookies: str) -> Any:
    found: Any = RequestFactory().get(path)
    if user is not None:
        found.user = user
    found.COOKIES.update(cookies)
    return found


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("pink", "system"), ("", "system")]
)
def test_the_theme_is_the_one_that_was_chosen(cookie: str, theme: str) -> None:
    assert context.theme_of(request(theme=cookie)) == theme
    assert context.theme_of(request()) == "system"


def test_a_request_may_have_no_user(cast: Cast) -> None:
    assert context.user_of(request()) is None
    assert context.user_of(request(user=AnonymousUser())) is None
    assert context.user_of(request(user=cast.uma)) == cast.uma


def test_lists_are_for_whoever_works_with_them(cast: Cast) -> None:
    users = {name: getattr(cast, name) for name in ("alice", "sally", "gail", "uma", "support")}

    def those(may: Any) -> set[str]:
        fresh = User.objects.with_roles()
        return {name for name, user in users.items() if may(fresh.get(pk=user.pk))}

    assert those(context.may_see_customers) == {"alice", "sally"}
    assert those(context.may_see_batches) >= {"alice", "sally", "gail"}
    assert "uma" not in those(context.may_see_batches)
    assert those(context.may_see_catalog) == {"alice"}
    assert those(context.may_have_tokens) == {"alice", "sally", "gail"}
    assert "alice" in those(context.may_see_team)
    assert those(context.may_see_team).isdisjoint({"gail", "uma"})


def test_nobody_sees_anything_without_signing_in() -> None:
    asked = (
        context.may_see_customers,
        context.may_see_batches,
        context.may_see_catalog,
        context.may_see_team,
        context.may_have_tokens,
        context.second_step_is_off,
    )
    assert [may(None) for may in asked] == [False] * 6


def test_a_second_step_that_is_off_is_told_to_those_who_run_the_portal(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    assert context.second_step_is_off(cast.support)
    assert not context.second_step_is_off(cast.alice)
    assert not context.second_step_is_off(cast.gail)
    settings.REQUIRE_MFA = True
    assert not context.second_step_is_off(cast.support)


def test_the_frame_knows_its_section(cast: Cast) -> None:
    assert context.page(request("/batches/3/"))["section"] == "batches"
    assert context.page(request("/account/"))["section"] == ""
    below = request("/customers/1/users/")
    below.customer = cast.contoso
    assert context.page(below)["section"] == "customers"


def test_the_frame_costs_nothing_until_it_is_asked(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    below = request("/customers/1/users/", cast.alice)
    below.customer = cast.contoso
    with django_assert_num_queries(0):
        found = context.page(below)
    assert len(found["customer_menu"]) == 9
    assert bool(found["may_see_customers"])
