"""A partner's team: who may change it, what stays, and that someone can always look after it."""

import pytest

from accounts.models import User
from accounts.services.staff import (
    StaffDetails,
    change_staff,
    limit_staff,
)
from accounts.services.users import (
    ChangedMeanwhile,
    block_users,
)
from customers.errors import Refused
from customers.roles import Role
from tests.accounts.team import add
from tests.factories import CustomerFactory
from tests.support.cast import Cast


def test_change_says_what_was_changed_meanwhile(cast: Cast) -> None:
    seen = {"display_name": "Bob", "roles": Role.HELPDESK_AGENT.value}
    details = StaffDetails(cast.bob.user_name, {"display_name": "Robert"})
    change_staff(cast.bob, details, actor=cast.alice, seen=seen)
    with pytest.raises(ChangedMeanwhile) as raised:
        change_staff(cast.bob, details, actor=cast.alice, seen=seen)
    assert raised.value.fields == ["display_name"]


def test_roles_of_customers_users_are_not_for_staff(cast: Cast) -> None:
    details = StaffDetails(cast.bob.user_name, roles=[Role.GLOBAL_ADMIN])
    with pytest.raises(Refused, match="other roles"):
        change_staff(cast.bob, details, actor=cast.alice)


def test_limits_are_kept_by_difference_and_never_empty(cast: Cast) -> None:
    with pytest.raises(Refused, match="at least one customer"):
        limit_staff(cast.bob, limited=True, actor=cast.alice)
    limit_staff(cast.bob, limited=True, opened=[cast.contoso], actor=cast.alice)
    changes = limit_staff(
        cast.bob, limited=True, opened=[cast.northwind], closed=[cast.contoso], actor=cast.alice
    )
    assert changes == {"customers_opened": ["Northwind"], "customers_closed": ["Contoso"]}
    with pytest.raises(Refused, match="this partner only"):
        limit_staff(cast.bob, limited=True, opened=[cast.adatum], actor=cast.alice)
    assert list(cast.bob.allowed_customers.all()) == [cast.northwind]


def test_limited_staff_do_nothing_for_the_other_customers(cast: Cast) -> None:
    admin = add(cast).user
    limit_staff(admin, limited=True, opened=[cast.northwind], actor=cast.alice)
    with pytest.raises(Refused, match="not open to you"):
        block_users([cast.uma], customer=cast.contoso, actor=admin)


def test_customers_added_by_limited_staff_are_open_to_them(cast: Cast) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam)
    limit_staff(cast.bob, limited=True, opened=[other, cast.contoso], actor=cast.alice)
    limit_staff(cast.bob, limited=False, actor=cast.alice)
    assert User.objects.get(pk=cast.bob.pk).limited_to_customers is False
    assert cast.bob.allowed_customers.count() == 2
