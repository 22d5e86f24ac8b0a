"""Whose a token is, before it is known whose rows may be shown."""

from uuid import uuid4

from django.db import connection

from api.lookup import hash_of, names_of, user_id_of, user_id_of_uuid
from api.models import Token
from customers import scope
from tests.api.tokens import token_of
from tests.customers.postgresql.test_policies import of
from tests.support.cast import Cast


def test_a_token_is_found_by_its_hash_or_uuid_though_nothing_is_shown(cast: Cast) -> None:
    made = token_of(cast.alice)
    with scope.within(scope.NOBODY):
        assert user_id_of(made.text) == cast.alice.pk
        assert user_id_of_uuid(made.token.uuid) == cast.alice.pk
        assert user_id_of(made.text + "x") is user_id_of_uuid(uuid4()) is None
        assert user_id_of(made.token.hash) is None


def test_what_is_kept_of_a_token_tells_nothing_of_it(cast: Cast) -> None:
    made = token_of(cast.alice)
    assert made.token.hash == hash_of(made.text)
    assert len(hash_of("")) == len(hash_of("ü" * 900)) == 64
    assert hash_of(made.text) not in made.text


def test_names_are_those_of_tokens_that_are_there_and_shown(cast: Cast) -> None:
    mine, other = token_of(cast.alice).token.pk, token_of(cast.charlie).token.pk
    assert names_of([mine, other, 0]) == {mine: "Nightly", other: "Nightly"}
    if connection.vendor == "postgresql":
        with scope.within(of(cast.alice)):
            assert names_of([mine, other]) == {mine: "Nightly"}
    Token.objects.filter(pk=mine).delete()
    assert names_of([mine]) == {}
