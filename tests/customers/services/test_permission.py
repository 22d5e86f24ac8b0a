"""Whether the actor may do it now, which a page that was opened before can't know."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.errors import Refused
from customers.roles import Capability, Role
from customers.services.messages import send
from customers.services.permission import acting, check_actor, check_support, fresh_of
from tests.factories import StaffFactory
from tests.support.cast import Cast

MAY = Capability.MANAGE_USERS


def change(user: User, **values: Any) -> None:
    """Someone else changes the row behind the back of the object."""
    User.objects.filter(pk=user.pk).update(**values)


def code(user: User, capability: Capability = MAY, **rest: Any) -> str:
    with pytest.raises(Refused) as caught:
        check_actor(user, capability, **rest)
    return caught.value.code


def test_the_actor_is_given_back_as_a_fresh_row_with_roles(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    change(cast.alice, display_name="Alice Lind")
    with django_assert_num_queries(1):
        fresh = check_actor(cast.alice, MAY, customer=cast.contoso)
        assert (fresh.display_name, fresh.roles) == ("Alice Lind", (Role.ACCOUNT_ADMIN,))
    assert fresh is not cast.alice


def test_rows_that_are_known_are_not_read_again(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known = list(User.objects.with_roles().filter(pk__in=[cast.gail.pk, cast.uma.pk]))
    with django_assert_num_queries(0):
        fresh = check_actor(cast.gail, MAY, customer=cast.contoso, known=known)
    assert any(fresh is row for row in known)
    with django_assert_num_queries(1):
        assert check_actor(cast.alice, MAY, customer=cast.contoso, known=known) == cast.alice


def test_a_user_who_was_blocked_or_is_gone_does_nothing(cast: Cast) -> None:
    change(cast.alice, blocked_at=timezone.now())
    assert code(cast.alice) == "actor-gone"
    with pytest.raises(Refused, match="Your own account has been blocked or deleted"):
        check_actor(cast.alice, MAY)
    User.objects.filter(pk=cast.bob.pk).delete()
    assert code(cast.bob) == "actor-gone"


def test_a_role_that_was_taken_away_meanwhile_is_missing(cast: Cast) -> None:
    check_actor(cast.alice, MAY)
    cast.alice.groups.clear()
    assert code(cast.alice) == "role-lacks-it"


def test_a_role_that_does_not_include_it_is_told_who_can(cast: Cast) -> None:
    with pytest.raises(
        Refused, match=r"Ask one of these roles: Account admin · Admin agent\."
    ) as caught:
        check_actor(cast.bob, MAY)
    assert caught.value.code == "role-lacks-it"
    with pytest.raises(Refused, match=r"Ask one of these roles: Global administrator\."):
        check_actor(cast.uma, MAY)


def test_a_limited_reach_is_enough_to_begin(cast: Cast) -> None:
    assert check_actor(cast.bob, Capability.RESET_PASSWORDS, customer=cast.contoso) == cast.bob


def test_a_customer_of_others_is_not_open(cast: Cast) -> None:
    assert code(cast.charlie, customer=cast.contoso) == "customer-not-open"
    assert code(cast.gail, customer=cast.northwind) == "customer-not-open"
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    assert check_actor(limited, MAY, customer=cast.northwind) == limited
    assert code(limited, customer=cast.contoso) == "customer-not-open"
    change(limited, limited_to_customers=False)
    assert check_actor(limited, MAY, customer=cast.contoso) == limited


def test_support_staff_may_what_the_admin_lets_them(cast: Cast) -> None:
    for capability in Capability:
        assert check_actor(cast.support, capability, customer=cast.adatum) == cast.support
    change(cast.support, blocked_at=timezone.now())
    assert code(cast.support) == "actor-gone"


def test_what_support_staff_alone_may_nobody_else_does(cast: Cast) -> None:
    assert check_support(cast.support) == cast.support
    for user in (cast.alice, cast.gail):
        with pytest.raises(Refused, match="Only support staff can do this") as caught:
            check_support(user)
        assert caught.value.code == "support-staff-only"
    change(cast.support, blocked_at=timezone.now())
    with pytest.raises(Refused):
        check_support(cast.support)


def test_the_question_can_be_sent_along_with_others(cast: Cast) -> None:
    for user in (cast.alice, cast.gail, cast.uma, cast.support):
        [answer] = send(acting(user.pk))
        [fresh] = fresh_of(answer)
        assert (fresh, fresh.roles) == (user, User.objects.with_roles().get(pk=user.pk).roles)
        assert (fresh.partner_id, fresh.customer_id, fresh.is_staff) == (
            user.partner_id,
            user.customer_id,
            user.is_staff,
        )
        assert fresh.is_active
        assert fresh.reach(MAY) == user.reach(MAY)


def test_of_nobody_the_answer_is_empty(cast: Cast) -> None:
    [answer] = send(acting(0))
    assert fresh_of(answer) == []


def test_what_was_asked_along_decides_as_a_row_does(cast: Cast) -> None:
    change(cast.bob, blocked_at=timezone.now())
    for user, said in ((cast.bob, "actor-gone"), (cast.uma, "role-lacks-it")):
        [answer] = send(acting(user.pk))
        assert code(user, known=fresh_of(answer)) == said
