"""An application as tests play it: what it asks the provider for, by hand, so that it can lie."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from allauth.idp.oidc.models import Client as OIDCClient
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.passwords import GeneratedPasswordHasher
from applications.models import Application
from applications.oidc.keys import published_keys
from customers.models import Partner

HOST = "https://chat.example"
CALLBACK, BYE = f"{HOST}/callback", f"{HOST}/bye"
AUTHORIZE, TOKEN, USERINFO = "/oidc/authorize", "/oidc/token", "/oidc/userinfo"
REVOKE, INTROSPECT, LOGOUT = "/oidc/revoke", "/oidc/introspect", "/oidc/logout"


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class RelyingParty:
    application: Application
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def client_id(self) -> str:
        return str(self.application.client_id)

    @property
    def client(self) -> OIDCClient:
        assert self.application.client is not None
        return self.application.client

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a sign-in; None leaves one out."""
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile email",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (given | changes).items() if value is not None}

    def address(self, **changes: str | None) -> str:
        return f"{AUTHORIZE}?{urlencode(self.request(**changes))}"

    def code(self, browser: Client, **changes: str | None) -> str:
        """The code of a browser that is signed in."""
        answer = answered(browser.get(self.address(**changes)))
        assert "code" in answer, answer
        return answer["code"]

    def post(self, address: str, **sent: str | None) -> Any:
        """A call with the client's secret, by a form; None leaves one out."""
        given = {"client_id": self.client_id, "client_secret": self.secret or None} | sent
        kept = {name: value for name, value in given.items() if value is not None}
        return Client().post(address, kept)

    def exchange(self, code: str, **changes: str | None) -> Any:
        """The answer to a code."""
        given: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        return self.post(TOKEN, **(given | changes))

    def refresh(self, token: str, **changes: str | None) -> Any:
        given: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": token}
        return self.post(TOKEN, **(given | changes))

    def tokens(self, browser: Client, **changes: str | None) -> dict[str, Any]:
        """What a whole sign-in gives."""
        answer = self.exchange(self.code(browser, **changes))
        assert answer.status_code == HTTPStatus.OK, answer.content
        return dict(answer.json())

    def claims(self, id_token: str) -> dict[str, Any]:
        """The claims of an ID token, verified as an application should."""
        kid = jwt.get_unverified_header(id_token)["kid"]
        [key] = [key for key in published_keys() if key["kid"] == kid]
        return dict(jwt.decode(id_token, jwt.PyJWK(key).key, ["RS256"], audience=self.client_id))

    def is_active(self, token: str) -> bool:
        return bool(self.post(INTROSPECT, token=token).json()["active"])


def register(
    partner: Partner, name: str = "Team Chat", *, public: bool = False, **given: Any
) -> RelyingParty:
    secret, hasher = get_random_string(48), GeneratedPasswordHasher()
    client = OIDCClient(
        name=name,
        secret=hasher.encode(secret, hasher.salt()),
        type=OIDCClient.Type.PUBLIC if public else OIDCClient.Type.CONFIDENTIAL,
        skip_consent=True,
    )
    client.set_grant_types(["authorization_code", "refresh_token"])
    client.set_redirect_uris([CALLBACK])
    client.set_post_logout_redirect_uris([BYE])
    client.save()
    fields = {"everyone": True, "start_url": f"{HOST}/"} | given
    application = Application.objects.create(partner=partner, name=name, client=client, **fields)
    return RelyingParty(application, "" if public else secret)


def answered(response: Any) -> dict[str, str]:
    """What the browser brings to the application, by the address that it is sent to."""
    assert response.status_code == HTTPStatus.FOUND, (response.status_code, response.content)
    return {name: value for name, [value] in parse_qs(urlsplit(response["Location"]).query).items()}


def userinfo(token: str) -> Any:
    return Client().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
