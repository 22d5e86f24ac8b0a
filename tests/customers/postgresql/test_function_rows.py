"""Rows of functions are what the queryset gives, in each of their fields."""

import pytest
from allauth.idp.oidc.models import Token
from django.db.models import Model

from accounts.models import User
from accounts.signin.lookup import user_of_id
from customers.postgresql.function_rows import FunctionRow, rows_of
from tests.support.cast import Cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def fields_of(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_user_has_all_that_the_queryset_gives(cast: Cast) -> None:
    found = user_of_id(cast.gail.pk)
    assert found is not None
    assert fields_of(found) == fields_of(User.objects.get(pk=cast.gail.pk))
    assert not found._state.adding
    assert found.get_deferred_fields() == set()
    assert [role.value for role in found.roles] == ["Global administrator"]


def test_json_is_read(cast: Cast) -> None:
    made = Token.objects.create(type="at", hash="0" * 64, user=cast.uma, data={"sid": ["a", None]})
    tokens = FunctionRow(Token, "found")
    [row] = rows_of(tokens.columns, "allauth_idp_oidc_token", [])
    found = tokens.read(row)
    assert fields_of(found) == fields_of(Token.objects.get(pk=made.pk))
    assert found.data == {"sid": ["a", None]}
