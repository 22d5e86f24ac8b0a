"""Tokens know their session and their family."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from applications.models import AppSession
from applications.services.tokens import (
    SPENT,
    drop_expired_tokens,
    end_family_of_spent,
    keep_code,
    keep_spent,
    keep_tokens,
)
from tests.factories import ApplicationFactory, AppSessionFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> AppSession:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    session: AppSession = AppSessionFactory.create(application=application, user=cast.uma)
    return session


def make(session: AppSession, kind: str, value: str, **data: str) -> Token:
    token = Token(type=kind, client=session.application.client, user=session.user, data=dict(data))
    token.set_value(value)
    token.save()
    return token


def kinds() -> list[str]:
    return sorted(Token.objects.values_list("type", flat=True))


def client_of(session: AppSession) -> Client:
    client: Client | None = session.application.client
    assert client is not None
    return client


def test_a_code_knows_its_session_and_is_what_allauth_reads(session: AppSession) -> None:
    pkce = {"code_challenge": "c", "code_challenge_method": "S256"}
    asked = {"scopes": ["openid", "email"], "redirect_uri": "https://a", "nonce": "n", "pkce": pkce}
    keep_code("the-code", session, client=client_of(session), asked=asked, grant="g")
    code = Token.objects.lookup(Token.Type.AUTHORIZATION_CODE, "the-code")
    assert code is not None
    assert code.data["sid"] == session.sid
    assert (code.data["claimed"], code.data["pkce"]) == (False, pkce)
    assert (code.get_scopes(), code.get_redirect_uri()) == (["openid", "email"], "https://a")
    assert (code.get_nonce(), code.get_grant_id()) == ("n", "g")
    assert (code.client, code.user) == (client_of(session), session.user)
    assert timedelta(0) < code.expires_at - timezone.now() <= timedelta(minutes=1)


def test_tokens_know_their_session_and_their_grant(session: AppSession) -> None:
    values = {Token.Type.ACCESS_TOKEN: "one", Token.Type.REFRESH_TOKEN: "two"}
    keep_tokens(values, session, client=client_of(session), scopes=["openid"], grant="g")
    days = {Token.Type.ACCESS_TOKEN: 0, Token.Type.REFRESH_TOKEN: 29}
    for kind, value in values.items():
        token = Token.objects.lookup(kind, value)
        assert token is not None
        assert token.data == {"grant_id": "g", "sid": session.sid}
        assert (token.get_scopes(), token.user) == (["openid"], session.user)
        assert (token.expires_at - timezone.now()).days == days[kind]


def test_a_used_token_that_comes_again_ends_its_family_and_no_other(session: AppSession) -> None:
    used = make(session, "rt", "first", grant_id="g")
    keep_spent(used)
    make(session, "rt", "second", grant_id="g")
    make(session, "at", "access", grant_id="g")
    make(session, "rt", "of another sign-in", grant_id="h")
    client = client_of(session)
    assert not end_family_of_spent("second", client)
    assert kinds() == ["at", "rt", "rt", SPENT]
    assert end_family_of_spent("first", client)
    assert kinds() == ["rt", SPENT]


def test_what_has_expired_is_dropped_and_nothing_else(session: AppSession) -> None:
    now = timezone.now()
    for number, ends in enumerate((now - timedelta(seconds=1), now + timedelta(hours=1), None)):
        token = make(session, "at", str(number))
        token.expires_at = ends
        token.save()
    assert drop_expired_tokens() == 1
    assert Token.objects.count() == 2
