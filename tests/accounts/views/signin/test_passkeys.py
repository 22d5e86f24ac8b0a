"""What passkey pages answer to those who send them something else; the ceremony is a flow."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.services.second_steps import add_passkey
from tests.accounts.signin.second_steps import SECOND, give_app, prove, sign_in
from tests.support.cast import Cast

LOGIN = "/accounts/2fa/webauthn/login/"
HANDLE = {"userHandle": "MQ", "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}
ODD = [
    "",
    "no JSON",
    "null",
    "[]",
    "1",
    '"x"',
    "{}",
    json.dumps({"id": 1, "rawId": 2, "type": 3, "response": 4}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps({"id": "AA"}),
    json.dumps({"response": HANDLE}),
    json.dumps({"response": "AA"}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": HANDLE}),
    json.dumps(
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {**HANDLE, "userHandle": ""}}
    ),
    json.dumps(
        {"id": "A", "rawId": "%", "type": "public-key", "response": {**HANDLE, "userHandle": "_w"}}
    ),
]


@pytest.mark.parametrize("sent", ODD)
def test_what_is_no_passkey_signs_nobody_in(sent: str, db: None) -> None:
    client = Client()
    client.get(LOGIN, headers={"accept": "application/json"})
    response = client.post(LOGIN, {"credential": sent})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert client.get("/me/account/").status_code == 302


def test_what_is_no_passkey_is_no_second_step(cast: Cast) -> None:
    cast.gives_password(cast.bob)
    give_app(cast.bob)
    client = Client()
    sign_in(client, cast.bob)
    for sent in ODD:
        cache.clear()
        assert client.post(SECOND, {"credential": sent}).status_code == 200, sent
    assert client.get("/me/account/").status_code == 302


@pytest.mark.parametrize("sent", ODD)
def test_what_is_no_passkey_is_not_kept(sent: str, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.bob)
    prove(client, cast.bob)
    url = "/accounts/2fa/webauthn/add/"
    client.get(url)
    assert client.post(url, {"name": "x", "credential": sent}).status_code == 200
    assert not Authenticator.objects.exists()


def test_options_to_sign_in_name_nobody(cast: Cast) -> None:
    """The same for every stranger: which passkeys there are is the device's to know."""
    add_passkey("Laptop", {"id": "secret-id"}, actor=cast.bob)
    options = Client().get(LOGIN, headers={"accept": "application/json"}).json()
    public = options["request_options"]["publicKey"]
    assert sorted(public) == ["allowCredentials", "challenge", "rpId", "userVerification"]
    assert public["allowCredentials"] == []
    assert public["userVerification"] == "required"


def test_the_passkey_of_another_user_is_a_404(cast: Cast, settings: Settings) -> None:
    add_passkey("Laptop", {"id": "x"}, actor=cast.alice)
    theirs = Authenticator.objects.get(type="webauthn")
    client = Client()
    client.force_login(cast.bob)
    prove(client, cast.bob)
    url = f"/accounts/2fa/webauthn/keys/{theirs.pk}/remove/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert Authenticator.objects.filter(pk=theirs.pk).exists()
