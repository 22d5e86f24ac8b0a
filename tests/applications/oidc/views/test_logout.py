"""Signing out from within an application."""

from http import HTTPStatus

import pytest
from django.test import Client

from applications.models import AppSession
from tests.applications.oidc.relying import BYE, LOGOUT, RelyingParty, register, userinfo
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def is_signed_in(browser: Client) -> bool:
    return browser.get("/me/").status_code == HTTPStatus.OK


def standing() -> int:
    return AppSession.objects.filter(ended_at=None).count()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_id_token_of_this_session_signs_out_of_everything_that_came_from_it(
    cast: Cast, chat: RelyingParty, umas: Client, method: str
) -> None:
    files = register(cast.fabrikam, "Files")
    elsewhere = Client()
    elsewhere.force_login(cast.uma)
    tokens, others = chat.tokens(umas), files.tokens(umas)
    kept = chat.tokens(elsewhere)
    sent = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": BYE,
        "state": "a&b",
    }
    answer = getattr(umas, method)(LOGOUT, sent)
    assert answer["Location"] == f"{BYE}?state=a%26b"
    assert not is_signed_in(umas)
    for token in (tokens["access_token"], others["access_token"]):
        assert userinfo(token).status_code == HTTPStatus.UNAUTHORIZED
    # Another browser of the same user is not concerned.
    assert is_signed_in(elsewhere)
    assert userinfo(kept["access_token"]).status_code == HTTPStatus.OK


def test_without_an_address_it_ends_at_the_sign_in_page(chat: RelyingParty, umas: Client) -> None:
    answer = umas.get(LOGOUT, {"id_token_hint": chat.tokens(umas)["id_token"]})
    assert answer["Location"] == "/accounts/login/"


def test_without_an_id_token_the_user_is_asked(chat: RelyingParty, umas: Client) -> None:
    chat.tokens(umas)
    sent = {"client_id": chat.client_id, "post_logout_redirect_uri": BYE}
    page = umas.get(LOGOUT, sent)
    assert page.status_code == HTTPStatus.OK
    assert "Team Chat" in page.content.decode()
    assert (is_signed_in(umas), standing()) == (True, 1)
    answer = umas.post(f"{LOGOUT}/confirm", page.context["kept"])
    assert answer["Location"] == BYE
    assert (is_signed_in(umas), standing()) == (False, 0)


def test_nobody_else_can_say_yes(chat: RelyingParty, cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.uma)
    assert browser.post(f"{LOGOUT}/confirm", {}).status_code == HTTPStatus.FORBIDDEN
    assert browser.post(LOGOUT, {}).status_code == HTTPStatus.OK
    assert is_signed_in(browser)


def test_the_id_token_of_another_browser_asks_first(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    elsewhere = Client()
    elsewhere.force_login(cast.uma)
    answer = umas.get(LOGOUT, {"id_token_hint": chat.tokens(elsewhere)["id_token"]})
    assert answer.status_code == HTTPStatus.OK
    gails = Client()
    gails.force_login(cast.gail)
    assert gails.get(LOGOUT, {"id_token_hint": chat.tokens(umas)["id_token"]}).status_code == 200
    assert is_signed_in(umas)
    assert is_signed_in(gails)


def test_a_browser_that_is_signed_out_here_ends_the_applications_session(
    chat: RelyingParty, umas: Client
) -> None:
    tokens = chat.tokens(umas)
    umas.logout()
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BYE}
    assert umas.get(LOGOUT, sent)["Location"] == BYE
    assert standing() == 0
    # Once more is no error.
    assert umas.get(LOGOUT, sent)["Location"] == BYE


def test_a_request_without_anything_only_asks(umas: Client) -> None:
    for sent in ({}, {"state": "alone"}):
        assert umas.get(LOGOUT, sent).status_code == HTTPStatus.OK
    assert is_signed_in(umas)
    assert Client().get(LOGOUT)["Location"] == "/accounts/login/"
