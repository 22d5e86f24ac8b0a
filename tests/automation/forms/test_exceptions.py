"""Whom an exception is made for: a living user of the customer, by the whole user name."""

import pytest

from accounts.services.users import delete_users
from automation.forms.exceptions import ExceptionForm
from tests.support.cast import Cast


@pytest.mark.parametrize("typed", ["uma@contoso.example", " UMA@contoso.example "])
def test_a_user_is_found_by_the_user_name(cast: Cast, typed: str) -> None:
    form = ExceptionForm({"user_name": typed}, customer=cast.contoso)
    assert form.is_valid()
    assert form.user == cast.uma


@pytest.mark.parametrize("typed", ["uma", "bob@fabrikam.example", "x@contoso.example", ""])
def test_nobody_else_is(cast: Cast, typed: str) -> None:
    form = ExceptionForm({"user_name": typed}, customer=cast.contoso)
    assert not form.is_valid()
    assert form.errors["user_name"]


def test_the_deleted_are_not(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    form = ExceptionForm({"user_name": "uma@contoso.example"}, customer=cast.contoso)
    assert "Contoso has no user with this name." in str(form.errors)
