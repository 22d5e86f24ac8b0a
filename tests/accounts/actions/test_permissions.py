"""Change permissions."""

from collections.abc import Sequence

import pytest

from accounts.actions.permissions import CHANGE_PERMISSIONS
from accounts.models import User, UserQuerySet
from customers.roles import Role
from tests.accounts.actions.acting import do, is_grave, left
from tests.accounts.undoing import undo
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_all_have_the_same_permissions_and_by_undo_their_own_again(cast: Cast) -> None:
    batch = do(cast, CHANGE_PERMISSIONS, cast.uma, cast.gail, roles=[Role.USER_ADMIN])
    assert [fresh(user).roles for user in (cast.uma, cast.gail)] == [(Role.USER_ADMIN,)] * 2
    undo(batch, cast.alice)
    assert [fresh(user).roles for user in (cast.uma, cast.gail)] == [(), (Role.GLOBAL_ADMIN,)]


@pytest.mark.parametrize(
    "who, roles, grave",
    [
        ("uma", None, False),
        ("uma", [], False),
        ("uma", [Role.SERVICE_ADMIN.value], False),
        ("uma", [Role.GLOBAL_ADMIN.value], True),
        ("gail", [], True),
        ("gail", [Role.GLOBAL_ADMIN.value], True),
    ],
)
def test_it_is_grave_where_it_makes_a_global_administrator_or_takes_a_role_from_one(
    cast: Cast, who: str, roles: Sequence[str] | None, *, grave: bool
) -> None:
    request = {} if roles is None else {"roles": roles}
    assert is_grave(cast, CHANGE_PERMISSIONS, getattr(cast, who), **request) == grave


def test_a_role_that_gives_none_has_nobody_to_change(cast: Cast) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert CHANGE_PERMISSIONS.barred(limited).startswith(
        "Your role can't give or remove administrator"
    )
    assert CHANGE_PERMISSIONS.barred(cast.gail) == ""
    form = CHANGE_PERMISSIONS.form_class({"permission": "global"}, actor=limited)
    assert list(form.errors) == ["permission"]


def test_nothing_is_proposed(cast: Cast) -> None:
    form = CHANGE_PERMISSIONS.form_class({}, actor=cast.alice)
    assert form.errors == {"permission": ["Choose the permissions."]}
    given = {"permission": "limited", "limited_roles": [Role.USER_ADMIN.value]}
    form = CHANGE_PERMISSIONS.form_class(given, actor=cast.alice)
    assert form.is_valid()
    assert form.request() == {"roles": [Role.USER_ADMIN.value]}


def test_each_set_of_roles_is_counted(cast: Cast) -> None:
    both = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN])
    users = UserQuerySet(User).filter(pk__in=[both.pk, cast.uma.pk])
    assert set(CHANGE_PERMISSIONS.now(2, users).removeprefix("Now: ")[:-1].split(", ")) == {
        "User (1)",
        "License administrator + User administrator (1)",
    }


def test_oneself_is_left_out(cast: Cast) -> None:
    assert left(cast, CHANGE_PERMISSIONS, cast.gail, cast.uma, actor=cast.gail) == ["oneself"]
