"""Tokens know their session and their family."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.utils import timezone

from applications.models import AppSession
from applications.services.tokens import (
    SPENT,
    bind_code,
    bind_tokens,
    drop_expired_tokens,
    end_family_of_spent,
    keep_spent,
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


def test_a_code_knows_its_session(session: AppSession) -> None:
    code = make(session, "ac", "the-code", claimed="no")
    bind_code("the-code", session)
    code.refresh_from_db()
    assert code.data == {"claimed": "no", "sid": session.sid}


def test_tokens_know_their_session_and_their_grant(session: AppSession) -> None:
    access, refresh = make(session, "at", "one"), make(session, "rt", "two")
    other = make(session, "at", "three")
    bind_tokens(["one", "two"], session, grant="g")
    for token in (access, refresh):
        token.refresh_from_db()
        assert token.data == {"grant_id": "g", "sid": session.sid}
    other.refresh_from_db()
    assert other.data == {}


def test_a_used_token_that_comes_again_ends_its_family_and_no_other(session: AppSession) -> None:
    used = make(session, "rt", "first", grant_id="g")
    used.delete()
    keep_spent(used)
    make(session, "rt", "second", grant_id="g")
    make(session, "at", "access", grant_id="g")
    make(session, "rt", "of another sign-in", grant_id="h")
    client = session.application.client
    assert client is not None
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
