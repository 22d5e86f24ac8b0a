"""A security key in software, which signs with or without asking for its PIN, as it is told."""

import hashlib
import json
import secrets
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User
from accounts.services.second_steps import add_passkey

ORIGIN = "https://testserver"
FLAG = AuthenticatorData.FLAG
PASSKEY_LOGIN = "/accounts/2fa/webauthn/login/"
PASSKEY_PROOF = "/accounts/2fa/webauthn/reauthenticate/"
PASSKEY_ADD = "/accounts/2fa/webauthn/add/"


class SoftwareKey:
    """Of one user; most real ones, too, sign without the PIN for those who ask for that."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = secrets.token_bytes(16)
        self._private = ec.generate_private_key(ec.SECP256R1())

    def register(self) -> None:
        """As made in the portal's page, with the PIN."""
        made = self.made(secrets.token_bytes(32))
        add_passkey("Key", made, actor=User.objects.get(pk=self.user.pk))

    def made(self, challenge: bytes | str, *, verified: bool = True) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self._private.public_key())  # type: ignore[no-untyped-call]
        data = AttestedCredentialData.create(bytes(16), self.id, public)
        auth = AuthenticatorData.create(_HOST, _flags(verified=verified) | FLAG.AT, 0, data)
        client = CollectedClientData.create("webauthn.create", challenge, ORIGIN)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", auth, {})),
        }
        return self._credential(response)

    def signed(self, challenge: bytes | str, *, verified: bool) -> str:
        """What a browser sends after the key was touched; `verified` is the flag UV."""
        auth = AuthenticatorData.create(_HOST, _flags(verified=verified), 0)
        client = CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        signature = self._private.sign(auth + client.hash, ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(self.user).encode()
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(auth),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(handle),
        }
        return json.dumps(self._credential(response))

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        own = websafe_encode(self.id)
        return {
            "id": own,
            "rawId": own,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
            "authenticatorAttachment": "cross-platform",
        }


_HOST = hashlib.sha256(b"testserver").digest()


def _flags(*, verified: bool) -> AuthenticatorData.FLAG:
    return FLAG.UP | FLAG.UV if verified else FLAG.UP


def key_of(user: User) -> SoftwareKey:
    key = SoftwareKey(user)
    key.register()
    return key


def challenge_of(page: Any) -> str:
    """What the page asks the browser to have signed."""
    options = (
        page.json()["request_options"] if _is_json(page) else json.loads(page.context["options"])
    )
    text: str = options["publicKey"]["challenge"]
    return text


def _is_json(page: Any) -> bool:
    return bool(page.headers["Content-Type"] == "application/json")


def sign_in_challenge(client: Client) -> str:
    return challenge_of(client.get(PASSKEY_LOGIN, headers={"accept": "application/json"}))
