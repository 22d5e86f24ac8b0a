"""Access for an hour, as Microsoft's libraries ask for it."""

import base64
from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from api.models import TokenKind
from api.services.integrations import block_integration
from api.services.tokens import Made, revoke_token
from customers.roles import Role
from tests.api.caller import Script, of
from tests.api.tokens import integration, token_of
from tests.support.cast import Cast

ADDRESSES = [
    "/fabrikam.example/oauth2/v2.0/token",
    "/Fabrikam.Example/oauth2/token",
    "/t/fabrikam.example/oauth2/v2.0/token",
]


@pytest.fixture
def sync(cast: Cast) -> User:
    return integration(cast.alice, Role.ADMIN_AGENT)


@pytest.fixture
def secret(cast: Cast, sync: User) -> Made:
    return token_of(sync, kind=TokenKind.SECRET, actor=cast.alice)


def ask(address: str, headers: Any = None, **form: Any) -> Any:
    return Client().post(address, form, headers=headers or {})


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_client_secret_is_exchanged(sync: User, secret: Made, address: str) -> None:
    answer = ask(
        address,
        grant_type="client_credentials",
        client_id=of(sync),
        client_secret=secret.text,
        scope="https://api.partnercenter.microsoft.com/.default",
    ).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3_600)
    # The Node SDK reads when it ends, and asks for a token before each call where it can't.
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3_600
    assert Script(answer["access_token"]).get("/customers")["totalCount"] == 2


def test_a_client_may_prove_itself_by_basic_authentication(sync: User, secret: Made) -> None:
    basic = base64.b64encode(f"{of(sync)}:{secret.text}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    assert ask(ADDRESSES[0], headers, grant_type="client_credentials").status_code == 200


def test_a_token_is_exchanged_where_partner_center_has_a_refresh_token(cast: Cast) -> None:
    made = token_of(cast.alice)
    answer = ask(ADDRESSES[0], grant_type="refresh_token", refresh_token=made.text).json()
    script = Script(answer["access_token"])
    assert script.get("/me")["displayName"] == "Alice"
    revoke_token(made.token, actor=cast.alice)
    assert script("GET", "/me").status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_client"),
        (
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
            "invalid_client",
        ),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "\x00"}, "invalid_client"),
    ],
)
def test_what_is_wrong_is_told(cast: Cast, form: dict[str, str], error: str) -> None:
    cache.clear()
    answer = ask(ADDRESSES[0], **form)
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.json()["error"] == error
    assert answer["Cache-Control"] == "no-store"


def test_another_clients_secret_and_another_tenant_are_wrong(
    cast: Cast, sync: User, secret: Made
) -> None:
    other = integration(cast.alice, Role.HELPDESK_AGENT, name="Other")
    form = {"grant_type": "client_credentials", "client_secret": secret.text}
    assert ask(ADDRESSES[0], client_id=of(other), **form).status_code == 401
    elsewhere = "/litware.example/oauth2/v2.0/token"
    assert ask(elsewhere, client_id=of(sync), **form).status_code == 401
    # A token is no secret.
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    form["client_secret"] = token.text
    assert ask(ADDRESSES[0], client_id=of(sync), **form).status_code == 401


def test_what_was_given_for_a_secret_ends_with_it(cast: Cast, sync: User, secret: Made) -> None:
    form = {"grant_type": "client_credentials", "client_id": of(sync)}
    answer = ask(ADDRESSES[0], client_secret=secret.text, **form).json()
    script = Script(answer["access_token"])
    assert script("GET", "/me").status_code == 200
    block_integration(sync, blocked=True, actor=cast.alice)
    assert script("GET", "/me").status_code == 401
    assert ask(ADDRESSES[0], client_secret=secret.text, **form).status_code == 401


def test_wrong_secrets_are_counted_by_address(cast: Cast, settings: Settings) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "wrong": 2}
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    assert [ask(ADDRESSES[0], **form).status_code for _time in range(3)] == [401, 401, 429]


def test_a_library_finds_where_to_ask(settings: Settings, db: None) -> None:
    settings.OIDC_ISSUER = "https://portal.example"
    told = Client().get("/t/fabrikam.example/.well-known/openid-configuration").json()
    assert told["issuer"] == "https://portal.example/t/fabrikam.example"
    assert told["token_endpoint"].startswith(told["issuer"])
    assert Client().get(ADDRESSES[0]).status_code == 405
