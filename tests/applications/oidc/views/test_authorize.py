"""Users come from an application to sign in, and go back with a code, or stay and are told why."""

import html
import re
import time
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.services.licenses.changing import change_licenses
from accounts.services.licenses.planning import LicenseChange
from applications.models import AppSession
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.passkeys import PASSKEY_LOGIN, key_of, sign_in_challenge
from tests.accounts.signin.second_steps import LONG_AGO, code_of, give_app, prove, sign_in
from tests.applications.oidc.relying import (
    AUTHORIZE,
    CALLBACK,
    RelyingParty,
    answered,
    register,
)
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def leads_to(response: Any, path: str) -> bool:
    return bool(response.status_code == 302 and urlsplit(response["Location"]).path == path)


def next_of(response: Any) -> str:
    """Where the page leads on to afterwards, to which this answer leads."""
    return str(parse_qs(urlsplit(response["Location"]).query)["next"][0])


def test_a_user_who_is_signed_in_goes_back_at_once_with_a_code(
    chat: RelyingParty, umas: Client
) -> None:
    response = umas.get(chat.address())
    assert urlsplit(response["Location"])._replace(query="").geturl() == CALLBACK
    answer = answered(response)
    assert answer.keys() == {"code", "state", "iss"}


def test_a_stranger_signs_in_first_and_comes_back(
    cast: Cast, chat: RelyingParty, client: Client
) -> None:
    cast.gives_password(cast.uma)
    response = client.get(chat.address())
    assert leads_to(response, LOGIN)
    signed_in = client.post(
        LOGIN, {"login": "uma@contoso.example", "password": PASSWORD, "next": next_of(response)}
    )
    assert signed_in["Location"] == chat.address()
    assert "code" in answered(client.get(signed_in["Location"]))


def test_the_user_name_that_an_application_knows_stands_in_the_form(
    chat: RelyingParty, client: Client
) -> None:
    for hint, shown in (
        (" Uma@contoso.example", "Uma@contoso.example"),
        ('"><script>', "&quot;&gt;&lt;script&gt;"),
        ("x" * 5_000, None),
        (None, None),
    ):
        response = client.get(chat.address(login_hint=hint))
        page = client.get(response["Location"])
        field = page.context["form"]["login"].as_widget()
        assert (f'value="{shown}"' in field) if shown else ("value=" not in field)
        # Not lost on the way back either, where another proof could be asked for.
        assert next_of(response) == chat.address(login_hint=hint)


def test_a_passkey_leads_to_the_application_that_was_asked_for(
    cast: Cast, chat: RelyingParty, client: Client
) -> None:
    key = key_of(cast.uma)
    page = client.get(client.get(chat.address())["Location"])
    # By the form of that page, which is another one than the password's.
    [form] = re.findall(r'<form[^>]*data-passkey="get".*?</form>', page.content.decode(), re.DOTALL)
    [to] = re.findall(r'name="next" value="([^"]+)"', form)
    sent = {"credential": key.signed(sign_in_challenge(client), verified=True)}
    sent["next"] = html.unescape(to)
    wrong = client.post(PASSKEY_LOGIN, sent | {"credential": "{}"}, secure=True)
    assert next_of(wrong) == chat.address()
    sent["credential"] = key.signed(sign_in_challenge(client), verified=True)
    assert client.post(PASSKEY_LOGIN, sent, secure=True)["Location"] == chat.address()
    claims = chat.claims(chat.tokens(client)["id_token"])
    assert (claims["sub"], claims["amr"]) == (str(cast.uma.uuid), ["pop", "mfa"])


def test_a_second_step_is_set_up_on_the_way(
    cast: Cast, chat: RelyingParty, client: Client, settings: Any
) -> None:
    """It is demanded of staff alone, who come back to the request, and are told there."""
    settings.REQUIRE_MFA = True
    cast.gives_password(cast.alice)
    sign_in(client, cast.alice)
    silent = answered(client.get(chat.address(prompt="none")))
    assert silent["error"] == "interaction_required"
    assert leads_to(client.get(chat.address()), "/accounts/2fa/")
    page = client.get("/accounts/2fa/totp/activate/")
    code = code_of(page.context["secret"].replace(" ", ""))
    codes = client.post("/accounts/2fa/totp/activate/", {"code": code})["Location"]
    # From the recovery codes "Done" leads to the start page, and that one on.
    assert 'href="/"' in client.get(codes).content.decode()
    assert client.get("/")["Location"] == chat.address()
    refusal = client.get(chat.address())
    assert (refusal.status_code, b"Team Chat" in refusal.content) == (HTTPStatus.FORBIDDEN, True)


def test_a_program_on_the_users_machine_may_wait_at_any_port(cast: Cast, umas: Client) -> None:
    phone = register(cast.fabrikam, "Tool", public=True)
    here = "http://127.0.0.1:51234/callback"
    phone.client.set_redirect_uris(["http://127.0.0.1/callback"])
    phone.client.save()
    code = phone.code(umas, redirect_uri=here)
    other = phone.exchange(code, redirect_uri="http://127.0.0.1:51235/callback")
    assert other.status_code == HTTPStatus.BAD_REQUEST
    code = phone.code(umas, redirect_uri=here)
    assert "id_token" in phone.exchange(code, redirect_uri=here).json()
    # A server, which keeps a secret, has its own port.
    server = register(cast.fabrikam, "Server")
    server.client.set_redirect_uris(["http://127.0.0.1/callback"])
    server.client.save()
    assert umas.get(server.address(redirect_uri=here)).status_code == HTTPStatus.BAD_REQUEST


def test_after_a_form_of_the_portals_a_page_leads_on(chat: RelyingParty, umas: Client) -> None:
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Referer": "http://testserver/accounts/login/"},
    ):
        response = umas.get(chat.address(), headers=headers)
        assert response.status_code == HTTPStatus.OK
        address = response.context["address"]
        assert address.startswith(f"{CALLBACK}?code=")
        # By itself and, where a browser does not, by a click.
        text = response.content.decode().replace("&amp;", "&")
        assert f'<meta http-equiv="refresh" content="0;url={address}">' in text
        assert f'href="{address}"' in text
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "https://chat.example/"},
    ):
        assert umas.get(chat.address(), headers=headers).status_code == HTTPStatus.FOUND


def test_what_an_application_sends_as_a_form_comes_by_get(chat: RelyingParty, umas: Client) -> None:
    response = umas.post(AUTHORIZE, chat.request())
    assert leads_to(response, AUTHORIZE)
    assert "code" in answered(umas.get(response["Location"]))


def test_a_temporary_password_is_chosen_anew_on_the_way(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    cast.uma.must_change_password = True
    cast.uma.temporary_password_set_at = timezone.now()
    cast.uma.save()
    silent = answered(umas.get(chat.address(prompt="none")))
    assert silent["error"] == "interaction_required"
    response = umas.get(chat.address())
    assert leads_to(response, "/accounts/password/choose/")
    new = {"password1": "seven wooden rivers", "password2": "seven wooden rivers"}
    assert leads_to(umas.post(response["Location"], new), "/")
    assert umas.get("/")["Location"] == chat.address()
    # Only once.
    assert umas.get("/")["Location"] == "/me/"
    assert "code" in answered(umas.get(chat.address()))


def test_whoever_may_not_enter_is_told_so_and_the_application_nothing(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    chat.application.everyone = False
    chat.application.save()
    for _ in range(2):
        response = umas.get(chat.address())
        assert (response.status_code, "Location" in response) == (HTTPStatus.FORBIDDEN, False)
    assert "Team Chat" in response.content.decode()
    assert not Token.objects.exists()
    assert not AppSession.objects.exists()
    # In the log it stands once, however often a browser tries.
    [event] = AuditEvent.objects.filter(action=Action.APPLICATION_REFUSED)
    assert event.actor_id == cast.uma.pk


def test_a_silent_request_of_whoever_may_not_enter_is_denied(
    chat: RelyingParty, umas: Client
) -> None:
    chat.application.is_on = False
    chat.application.save()
    assert answered(umas.get(chat.address(prompt="none")))["error"] == "access_denied"


def test_a_license_opens_and_its_end_closes(cast: Cast, umas: Client) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT"])
    subscription = SubscriptionFactory.create(customer=cast.contoso, product=product)
    chat = register(cast.fabrikam, everyone=False)
    chat.application.plans.add(product.plans.get())
    assert umas.get(chat.address()).status_code == HTTPStatus.FORBIDDEN
    assign(subscription, cast.uma)
    code, tokens = chat.code(umas), chat.tokens(umas)
    taken = {subscription.pk: LicenseChange(have=False)}
    change_licenses([cast.uma], taken, customer=cast.contoso, actor=cast.alice)
    assert umas.get(chat.address()).status_code == HTTPStatus.FORBIDDEN
    assert chat.exchange(code).json()["error"] == "invalid_grant"
    assert chat.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not chat.is_active(tokens["access_token"])


@pytest.mark.parametrize("who", ["alice", "charlie", "support", None])
def test_others_than_the_customers_users_do_not_get_in(
    cast: Cast, chat: RelyingParty, client: Client, who: str | None
) -> None:
    if who:
        client.force_login(getattr(cast, who))
    response = client.get(chat.address())
    expected = {
        "alice": HTTPStatus.FORBIDDEN,
        # Another partner's application is not there.
        "charlie": HTTPStatus.NOT_FOUND,
        "support": HTTPStatus.FORBIDDEN,
        None: HTTPStatus.FOUND,
    }
    assert response.status_code == expected[who]
    assert not Token.objects.exists()


@pytest.mark.parametrize("client_id", ["", "nobody", "x" * 500, "a\x00b", "ä"])
def test_a_client_that_there_is_not_is_not_found(
    chat: RelyingParty, umas: Client, client_id: str
) -> None:
    for browser in (umas, Client()):
        response = browser.get(AUTHORIZE, chat.request(client_id=client_id))
        assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://chat.example/r"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
    ],
)
def test_a_request_that_is_wrong_is_answered_to_the_application(
    chat: RelyingParty, umas: Client, changes: dict[str, str | None], error: str
) -> None:
    answer = answered(umas.get(chat.address(**changes)))
    assert (answer["error"], answer["state"]) == (error, "the-state")
    assert not Token.objects.exists()


def test_scopes_that_there_are_not_are_left_out(chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas, scope="openid email admin offline_access")
    assert set(tokens["scope"].split()) == {"openid", "email", "offline_access"}


def test_a_silent_request_gets_a_code_or_the_reason(
    chat: RelyingParty, umas: Client, client: Client
) -> None:
    assert "code" in answered(umas.get(chat.address(prompt="none")))
    stranger = Client()
    assert answered(stranger.get(chat.address(prompt="none")))["error"] == "login_required"
    prove(umas, AppSession.objects.get().user, ago=100)
    assert "code" in answered(umas.get(chat.address(prompt="none", max_age="200")))
    old = umas.get(chat.address(prompt="none", max_age="50"))
    assert answered(old)["error"] == "login_required"


def test_an_id_token_of_another_user_does_not_fit_the_one_who_is_signed_in(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    hint = chat.tokens(umas)["id_token"]
    assert "code" in answered(umas.get(chat.address(prompt="none", id_token_hint=hint)))
    other = Client()
    other.force_login(cast.gail)
    answer = answered(other.get(chat.address(prompt="none", id_token_hint=hint)))
    assert answer["error"] == "login_required"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "60"}])
def test_whoever_is_to_prove_anew_is_asked_and_comes_back(
    cast: Cast, chat: RelyingParty, umas: Client, changes: dict[str, str]
) -> None:
    password = cast.gives_password(cast.uma)
    umas.force_login(cast.uma)
    prove(umas, cast.uma, ago=LONG_AGO)
    began = int(time.time())
    response = umas.get(chat.address(**changes))
    assert leads_to(response, "/accounts/reauthenticate/")
    assert next_of(response) == chat.address(**changes)
    # To come back without having proven anything is of no use.
    assert leads_to(umas.get(next_of(response)), "/accounts/reauthenticate/")
    proven = umas.post(response["Location"], {"password": password})
    tokens = chat.exchange(answered(umas.get(proven["Location"]))["code"]).json()
    assert chat.claims(tokens["id_token"])["auth_time"] >= began
    # The next request of the kind asks again.
    if "60" not in changes.values():
        assert leads_to(umas.get(chat.address(**changes)), "/accounts/reauthenticate/")


def test_signing_in_for_the_request_is_proof_enough(
    cast: Cast, chat: RelyingParty, client: Client
) -> None:
    cast.gives_password(cast.uma)
    address = chat.address(prompt="login", max_age="1")
    assert leads_to(client.get(address), LOGIN)
    client.post(LOGIN, {"login": "uma@contoso.example", "password": PASSWORD, "next": address})
    assert "code" in answered(client.get(address))


def test_the_id_token_says_when_and_by_what_the_user_has_signed_in(
    cast: Cast, chat: RelyingParty, client: Client
) -> None:
    cast.gives_password(cast.uma)
    secret = give_app(cast.uma)
    sign_in(client, cast.uma)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, at=time.time() + 30)})
    claims = chat.claims(chat.tokens(client)["id_token"])
    assert (claims["amr"], claims["acr"]) == (["pwd", "otp", "mfa"], "2")
    assert claims["auth_time"] == pytest.approx(time.time(), abs=60)
    assert claims["iss"] == django_settings.OIDC_ISSUER


def test_a_second_step_is_asked_for_where_there_is_one(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    # Who has none is let in by what there is: the wish is no demand.
    claims = chat.claims(chat.tokens(umas, acr_values="2")["id_token"])
    assert claims["acr"] == "1"
    give_app(cast.uma)
    assert leads_to(umas.get(chat.address(acr_values="2")), "/accounts/2fa/reauthenticate/")
    assert "code" in answered(umas.get(chat.address(acr_values="1 2")))


def test_a_browser_has_one_session_with_an_application_however_often_it_asks(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    first, second = chat.tokens(umas), chat.tokens(umas, prompt="none")
    sids = {chat.claims(tokens["id_token"])["sid"] for tokens in (first, second)}
    assert sids == {AppSession.objects.get().sid}
    other = Client()
    other.force_login(cast.uma)
    assert chat.claims(chat.tokens(other)["id_token"])["sid"] not in sids
    assert AuditEvent.objects.filter(action=Action.APPLICATION_ENTERED).count() == 2


def test_a_sign_in_takes_as_many_queries_whoever_it_is(
    chat: RelyingParty, umas: Client, django_assert_max_num_queries: Any
) -> None:
    chat.tokens(umas)
    with django_assert_max_num_queries(16):
        umas.get(chat.address())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_application_hears_that_the_database_stays_busy(
    chat: RelyingParty, umas: Client
) -> None:
    """It tries again by itself; and so it goes on once the lock is free."""
    other = connection.get_new_connection(connection.get_connection_params())
    with closing(other), other.cursor() as cursor, connection.cursor() as own:
        cursor.execute("SELECT 1 FROM applications_application FOR UPDATE")
        own.execute("SET lock_timeout = '20ms'")
        try:
            answer = answered(umas.get(chat.address()))
        finally:
            own.execute("RESET lock_timeout")
        assert (answer["error"], answer["state"]) == ("temporarily_unavailable", "the-state")
        other.rollback()
    assert "code" in answered(umas.get(chat.address()))
