"""Whose a client and a token are, asked without a session."""

import pytest
from allauth.idp.oidc.models import Client, Token

from applications.lookup import hold_application, scope_of_client, user_id_of_token
from applications.models import Application
from customers import scope
from customers.scope import NOBODY, WEB, Scope
from tests.applications.conftest import Chat
from tests.support.cast import Cast


def test_a_client_says_which_partners_rows_count(cast: Cast, chat: Chat) -> None:
    client_id = chat.application.client_id
    with scope.within(NOBODY):
        own = scope_of_client(str(client_id))
        assert scope_of_client("nobodys") is scope_of_client("") is None
    assert own == Scope("portal_web", partner=cast.fabrikam.pk)
    with scope.within(own):
        assert Application.objects.get() == chat.application
        assert Client.objects.get().pk == client_id


def test_a_token_says_whose_it_is_whatever_its_kind(cast: Cast) -> None:
    for kind, value in (("at", "access"), ("rt", "refresh"), ("ac", "code")):
        token = Token(type=kind, user=cast.uma)
        token.set_value(value)
        token.save()
    with scope.within(NOBODY):
        found = [user_id_of_token(value) for value in ("access", "refresh", "code", "other", "")]
    assert found == [cast.uma.pk] * 3 + [None] * 2


@pytest.mark.postgres
def test_a_stranger_who_knows_an_id_sees_no_row_by_it(cast: Cast, chat: Chat) -> None:
    with scope.within(NOBODY):
        assert scope_of_client(str(chat.application.client_id)) is not None
        assert not Application.objects.exists()
        assert not Client.objects.exists()
        assert not Token.objects.exists()


def test_an_application_is_held_while_it_is_there(cast: Cast, chat: Chat) -> None:
    """By a customer's request, too, which may not lock it."""
    with scope.within(Scope(WEB, partner=cast.fabrikam.pk, customer=cast.contoso.pk)):
        assert hold_application(chat.application.pk)
        assert not hold_application(chat.application.pk + 1)
