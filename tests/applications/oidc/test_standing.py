"""A token is worth what its session is, whoever shows it."""

import pytest
from allauth.idp.oidc.models import Token

from applications.models import AppSession
from applications.oidc.standing import TWO_STEPS, let_in
from customers import scope
from customers.scope import NOBODY
from tests.factories import ApplicationFactory, AppSessionFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> AppSession:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    session: AppSession = AppSessionFactory.create(application=application, user=cast.uma)
    return session


def token_of(session: AppSession, **data: object) -> Token:
    return Token(user=session.user, type="at", data={"sid": session.sid} | data)


def enter(session: AppSession, token: Token | None = None) -> AppSession | None:
    with scope.within(scope.Scope(scope.WEB, partner=session.application.partner_id)):
        return let_in(token or token_of(session), session.application)


def test_a_standing_session_lets_its_user_in(cast: Cast, session: AppSession) -> None:
    found = enter(session)
    assert found is not None
    assert (found.pk, found.user.pk) == (session.pk, cast.uma.pk)


def test_from_there_on_the_database_shows_what_is_the_users(
    cast: Cast, session: AppSession
) -> None:
    with scope.within(NOBODY):
        scope.enter(scope.Scope(scope.WEB, partner=cast.fabrikam.pk))
        assert let_in(token_of(session), session.application) is not None
        current = scope.current()
    assert current is not None
    assert (current.partner, current.customer) == (cast.fabrikam.pk, cast.contoso.pk)


def test_a_session_of_another_epoch_lets_nobody_in(cast: Cast, session: AppSession) -> None:
    cast.uma.session_epoch += 1
    cast.uma.save()
    assert enter(session) is None


def test_nor_does_one_that_was_ended(session: AppSession) -> None:
    session.ended_at = session.started_at
    session.save()
    assert enter(session) is None


@pytest.mark.parametrize("data", [{"sid": "another"}, {"sid": ""}, None, [], {"sid": None}])
def test_a_token_without_its_session_is_none(session: AppSession, data: object) -> None:
    token = Token(user=session.user, type="at", data=data)
    assert enter(session, token) is None


def test_a_token_of_nobody_or_of_another_user_is_none(cast: Cast, session: AppSession) -> None:
    assert enter(session, Token(type="at", data={"sid": session.sid})) is None
    assert enter(session, Token(user=cast.gail, type="at", data={"sid": session.sid})) is None


def test_a_token_of_another_application_is_none(cast: Cast, session: AppSession) -> None:
    files = ApplicationFactory.create(partner=cast.fabrikam)
    assert let_in(token_of(session), files) is None


def test_a_second_step_that_was_taken_counts(session: AppSession) -> None:
    session.acr = TWO_STEPS
    session.save()
    assert enter(session) is not None


def test_a_password_to_choose_comes_first(cast: Cast, session: AppSession) -> None:
    cast.uma.must_change_password = True
    cast.uma.save()
    assert enter(session) is None
