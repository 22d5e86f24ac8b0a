"""What applications call by themselves: tokens, what they tell, and their end."""

import base64
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from applications.models import AppSession
from applications.services.sessions import end_app_sessions
from tests.applications.oidc.relying import (
    AUTHORIZE,
    INTROSPECT,
    REVOKE,
    TOKEN,
    USERINFO,
    RelyingParty,
    register,
    userinfo,
)
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_code_gives_tokens_that_tell_of_the_user(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    tokens = chat.tokens(umas)
    assert tokens["token_type"] == "Bearer"
    assert tokens.keys() >= {"access_token", "refresh_token", "id_token", "expires_in", "scope"}
    told = userinfo(tokens["access_token"]).json()
    expected = {
        "sub": str(cast.uma.uuid),
        "name": "Uma",
        "given_name": "Uma",
        "preferred_username": "uma@contoso.example",
        "email": "uma@contoso.example",
        "email_verified": True,
        "groups": [],
        "tenant": str(cast.contoso.uuid),
    }
    assert told == expected
    claims = chat.claims(tokens["id_token"])
    assert {name: claims[name] for name in expected} == expected
    session = AppSession.objects.get()
    assert (claims["sid"], claims["aud"]) == (session.sid, chat.client_id)
    # By post as well, as OpenID Connect Core 5.3.1 has it.
    assert Client().post(USERINFO, {"access_token": tokens["access_token"]}).json() == expected


def test_what_is_told_is_what_was_asked_for(cast: Cast, chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas, scope="openid")
    assert userinfo(tokens["access_token"]).json() == {"sub": str(cast.uma.uuid)}


def test_groups_are_roles_and_plans(cast: Cast, chat: RelyingParty, client: Client) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    subscription = SubscriptionFactory.create(customer=cast.contoso, product=product)
    assign(subscription, cast.gail, services_off=["CALLS"])
    client.force_login(cast.gail)
    told = userinfo(chat.tokens(client, scope="openid groups")["access_token"]).json()
    assert told["groups"] == ["Global administrator", "CHAT"]


def test_extra_claims_are_those_that_the_application_was_given(cast: Cast, umas: Client) -> None:
    cast.uma.department, cast.uma.office_phone = "Research", "+1 555 0100"
    cast.uma.save()
    files = register(cast.fabrikam, "Files", extra_claims=["department", "job_title"])
    told = userinfo(files.tokens(umas)["access_token"]).json()
    assert told["department"] == "Research"
    # What is empty is not told, nor what nobody chose.
    assert told.keys().isdisjoint({"job_title", "phone_number", "office"})


def test_a_client_may_name_itself_by_basic_authentication(chat: RelyingParty, umas: Client) -> None:
    pair = base64.b64encode(f"{chat.client_id}:{chat.secret}".encode()).decode()
    sent = {
        "grant_type": "authorization_code",
        "code": chat.code(umas),
        "redirect_uri": "https://chat.example/callback",
        "code_verifier": chat.verifier,
    }
    answer = Client().post(TOKEN, sent, headers={"Authorization": f"Basic {pair}"})
    assert answer.status_code == HTTPStatus.OK, answer.content
    assert answer["Cache-Control"] == "no-store"
    wrong = Client().post(TOKEN, sent, headers={"Authorization": f"Basic {pair[:-4]}"})
    assert wrong.status_code == HTTPStatus.UNAUTHORIZED
    assert wrong["WWW-Authenticate"].startswith("Basic")


def test_a_public_client_has_no_secret_and_is_asked_for_pkce(cast: Cast, umas: Client) -> None:
    phone = register(cast.fabrikam, "Phone", public=True, needs_pkce=False)
    answer = umas.get(phone.address(code_challenge=None, code_challenge_method=None))
    assert "error=invalid_request" in answer["Location"]
    assert "id_token" in phone.tokens(umas)


def test_a_confidential_client_that_cannot_do_pkce_may_be_let_off(cast: Cast, umas: Client) -> None:
    old = register(cast.fabrikam, "Old", needs_pkce=False)
    code = old.code(umas, code_challenge=None, code_challenge_method=None)
    assert "id_token" in old.exchange(code, code_verifier=None).json()
    # One that begins with it is held to it.
    assert old.exchange(old.code(umas), code_verifier=None).status_code == HTTPStatus.BAD_REQUEST


def test_a_refresh_gives_new_tokens_of_the_same_session(chat: RelyingParty, umas: Client) -> None:
    first = chat.tokens(umas)
    second = chat.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    before, after = (chat.claims(tokens["id_token"]) for tokens in (first, second))
    for same in ("sid", "sub", "auth_time", "aud", "iss"):
        assert before[same] == after[same]
    assert userinfo(second["access_token"]).status_code == HTTPStatus.OK
    # A narrower scope may be asked for, a wider one not.
    third = chat.refresh(second["refresh_token"], scope="openid")
    assert third.json()["scope"] == "openid"
    wider = chat.refresh(third.json()["refresh_token"], scope="openid profile email")
    assert wider.json().get("error") == "invalid_scope"


def test_a_client_without_the_grant_gets_no_refresh_token(chat: RelyingParty, umas: Client) -> None:
    client = chat.client
    client.set_grant_types(["authorization_code"])
    client.save()
    assert "refresh_token" not in chat.tokens(umas)


@pytest.mark.parametrize("grant", ["password", "client_credentials", "", "x\x00"])
def test_other_grants_are_not_there(chat: RelyingParty, grant: str) -> None:
    answer = chat.post(TOKEN, grant_type=grant, username="uma@contoso.example", password="x")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["error"] in {"unsupported_grant_type", "invalid_request"}


def test_introspection_tells_a_client_of_its_own_tokens_alone(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    tokens = chat.tokens(umas)
    told = chat.post(INTROSPECT, token=tokens["access_token"]).json()
    assert (told["active"], told["sub"]) == (True, str(cast.uma.uuid))
    assert (told["client_id"], told["username"]) == (chat.client_id, "uma@contoso.example")
    assert register(cast.fabrikam, "Files").post(
        INTROSPECT, token=tokens["access_token"]
    ).json() == {"active": False}
    assert chat.post(INTROSPECT, token="made up").json() == {"active": False}
    nobody = chat.post(INTROSPECT, token=tokens["access_token"], client_secret=None)
    assert nobody.status_code == HTTPStatus.UNAUTHORIZED


def test_a_revoked_refresh_token_takes_its_access_token_along(
    chat: RelyingParty, umas: Client
) -> None:
    tokens = chat.tokens(umas)
    assert chat.post(REVOKE, token=tokens["refresh_token"]).status_code == HTTPStatus.OK
    assert userinfo(tokens["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert not chat.is_active(tokens["refresh_token"])


def test_another_client_revokes_nothing(cast: Cast, chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas)
    register(cast.fabrikam, "Files").post(REVOKE, token=tokens["refresh_token"])
    assert chat.is_active(tokens["refresh_token"])


def test_the_end_of_the_session_is_the_end_of_its_tokens(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    code, tokens = chat.code(umas), chat.tokens(umas)
    end_app_sessions(AppSession.objects.all(), actor=cast.uma)
    answer = userinfo(tokens["access_token"])
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert chat.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert chat.exchange(code).json()["error"] == "invalid_grant"
    # The portal's own session stands, and with it begins a new one.
    assert userinfo(chat.tokens(umas)["access_token"]).status_code == HTTPStatus.OK


def test_a_switched_off_application_gets_nothing_more(chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas)
    chat.application.is_on = False
    chat.application.save()
    assert userinfo(tokens["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert chat.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_token_is_asked_about_with_few_queries(
    chat: RelyingParty, umas: Client, django_assert_max_num_queries: Any
) -> None:
    """Whose it is, the user, the token with its application, its session, the gate; and of
    userinfo the customer and the plans."""
    tokens = chat.tokens(umas)
    with django_assert_max_num_queries(9):
        assert userinfo(tokens["access_token"]).status_code == HTTPStatus.OK
    with django_assert_max_num_queries(9):
        assert chat.is_active(tokens["access_token"])


def test_a_session_says_when_it_was_last_used(chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas)
    long_ago = timezone.now() - timedelta(hours=1)
    AppSession.objects.update(last_used_at=long_ago)
    chat.refresh(tokens["refresh_token"])
    assert AppSession.objects.get().last_used_at > long_ago


@pytest.mark.parametrize("address", [TOKEN, USERINFO, REVOKE, INTROSPECT, "/oidc/keys"])
def test_scripts_of_any_site_may_read_what_is_for_whoever_has_the_secret(address: str) -> None:
    answer = Client().options(address, headers={"Origin": "https://spa.example"})
    if address != "/oidc/keys":
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer["Access-Control-Allow-Headers"]
    # No cookie is ever allowed with it.
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("address", [TOKEN, REVOKE, INTROSPECT])
def test_a_call_by_get_or_of_nobody_is_refused(address: str) -> None:
    assert Client().get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    for sent in ({}, {"client_id": "nobody"}, {"client_id": "a b"}, {"token": "\x00"}):
        answer: Any = Client().post(address, sent)
        assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}
        assert "error" in answer.json()


@pytest.mark.parametrize("query", ["x", "a=b&&c=d", "a=%G0", "x=%zz&y"])
def test_an_address_that_is_no_form_is_refused_as_such(
    chat: RelyingParty, umas: Client, query: str
) -> None:
    answer = Client().post(f"{TOKEN}?{query}", {"client_id": chat.client_id})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert umas.get(f"{AUTHORIZE}?{query}").status_code == HTTPStatus.BAD_REQUEST


def test_calls_are_limited_by_client_and_by_address(
    cast: Cast, chat: RelyingParty, umas: Client, settings: Any
) -> None:
    settings.OIDC_LIMITS = settings.OIDC_LIMITS | {"client": 2}
    assert {chat.post(INTROSPECT, token="x").status_code for _ in range(5)} == {
        HTTPStatus.OK,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
    # Another client is not concerned, until the address is.
    files = register(cast.fabrikam, "Files")
    assert files.post(INTROSPECT, token="x").status_code == HTTPStatus.OK
    settings.OIDC_LIMITS = settings.OIDC_LIMITS | {"address": 2}
    answer = files.post(INTROSPECT, token="x")
    assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 60) == (429, True)
