"""Whose a client and a token are, asked without a session, and their rows."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client, Token
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from applications.lookup import (
    client_of_id,
    hold_application,
    scope_of_client,
    session_of_token,
    token_of_value,
    user_id_of_token,
)
from applications.models import Application, AppSession
from customers import scope
from customers.scope import NOBODY, WEB, Scope
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, AppSessionFactory
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


def test_a_client_comes_with_its_application_in_one_query(
    cast: Cast, chat: Chat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client_id = str(chat.application.client_id)
    with django_assert_num_queries(1):
        found = client_of_id(client_id)
        assert found is not None
        assert found.application == chat.application
        assert found.application.client is found
    kept = Client.objects.get(pk=client_id)
    assert (found.secret, found.data, found.redirect_uris) == (
        kept.secret,
        kept.data,
        kept.redirect_uris,
    )
    assert found.application.extra_claims == chat.application.extra_claims
    assert client_of_id("nobodys") is None


@pytest.mark.django_db
def test_a_client_without_an_application_is_none() -> None:
    assert client_of_id(Client.objects.create(name="Left over").pk) is None


@pytest.mark.postgres
def test_a_client_is_found_in_the_scope_of_its_partner_alone(cast: Cast, chat: Chat) -> None:
    client_id = str(chat.application.client_id)
    with scope.within(Scope(WEB, partner=cast.litware.pk)):
        assert client_of_id(client_id) is None
    with scope.within(Scope(WEB, partner=cast.fabrikam.pk)):
        assert client_of_id(client_id) is not None


def token_with(value: str, kind: str, session: AppSession, **fields: object) -> Token:
    token = Token(type=kind, client=session.application.client, user=session.user, **fields)
    token.set_value(value)
    token.save()
    return token


@pytest.fixture
def session(cast: Cast, chat: Chat) -> AppSession:
    made: AppSession = AppSessionFactory.create(application=chat.application, user=cast.uma)
    return made


def test_a_token_is_found_by_value_kind_and_client_until_it_expires(
    cast: Cast, session: AppSession
) -> None:
    now = timezone.now()
    token = token_with("one", "at", session, data={"sid": "s"}, expires_at=now + timedelta(hours=1))
    token_with("old", "at", session, expires_at=now - timedelta(seconds=1))
    endless = token_with("endless", "rt", session)
    own, other = session.application.client, Client.objects.create(name="Another")
    assert own is not None
    found = token_of_value("one", ["rt", "at"], client=own)
    assert found == token
    assert found is not None
    assert (found.data, found.expires_at) == ({"sid": "s"}, token.expires_at)
    with transaction.atomic():
        assert token_of_value("endless", ["rt"], to_change=True) == endless
        assert token_of_value("endless", ["rt"], client=other, to_change=True) is None
        assert token_of_value("old", ["at"], to_change=True) is None
    assert token_of_value("one", ["rt"]) is None
    assert token_of_value("one", ["at"], client=other) is None
    assert token_of_value("old", ["at"]) is token_of_value("none", ["at", "rt"]) is None


def test_a_session_is_found_by_a_token_of_its_own_user_and_application(
    cast: Cast, session: AppSession
) -> None:
    mine = Token(type="at", user=cast.uma, data={"sid": session.sid})
    found = session_of_token(mine, session.application)
    assert found == session
    assert found is not None
    assert (found.amr, found.auth_time) == (session.amr, session.auth_time)
    others = Token(type="at", user=cast.gail, data={"sid": session.sid})
    assert session_of_token(others, session.application) is None
    files = ApplicationFactory.create(partner=cast.fabrikam)
    assert session_of_token(mine, files) is None
    session.ended_at = timezone.now()
    session.save()
    assert session_of_token(mine, session.application) is None


@pytest.mark.postgres
def test_a_plan_that_is_kept_shows_another_partner_nothing(cast: Cast, session: AppSession) -> None:
    """Often enough that PostgreSQL no longer plans for each asking."""
    token = token_with("one", "at", session, data={"sid": session.sid})
    umas = [cast.uma.pk, cast.contoso.pk]
    found = {}
    for _again in range(8):
        for partner in (cast.fabrikam, cast.litware):
            with scope.within(Scope(WEB, partner=partner.pk)), connection.cursor() as cursor:
                cursor.execute("SELECT tenant FROM portal_holdings(%s, %s)", umas)
                found[partner] = (
                    token_of_value("one", ["at"]),
                    token_of_value("one", ["at"], to_change=True),
                    session_of_token(token, session.application),
                    cursor.fetchone()[0],
                )
        assert found[cast.fabrikam] == (token, token, session, cast.contoso.uuid)
        assert found[cast.litware] == (None, None, None, None)
