"""Keys are parsed once, published before they sign, and nothing but our signature counts."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from applications.oidc.keys import LOGOUT_TOKEN, published_keys, read_id_token, sign
from partnerportal.checked import Checked
from partnerportal.local.embedded import make_signing_key
from partnerportal.sign_on import signing_keys

CLAIMS = {"iss": django_settings.OIDC_ISSUER, "sub": "x", "aud": "y"}


def keys_of(text: str) -> list[dict[str, Any]]:
    env = Checked()
    found = signing_keys(env, text)
    assert env.problems == []
    return found


def id_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


@pytest.mark.django_db
def test_a_key_is_published_before_it_signs_and_until_it_is_taken_out(
    client: Client, settings: Settings
) -> None:
    old, new = make_signing_key(), make_signing_key()
    settings.IDP_OIDC_PRIVATE_KEYS = keys_of(f"2999-01-01:{new},{old}")
    both = client.get("/oidc/keys").json()["keys"]
    assert [key["kty"] for key in both] == ["RSA", "RSA"]
    # The private halves stay here.
    assert all(key.keys() == {"kty", "key_ops", "n", "e", "kid"} for key in both)
    first = id_of(sign(CLAIMS))
    settings.IDP_OIDC_PRIVATE_KEYS = keys_of(old)
    assert [key["kid"] for key in published_keys()] == [first]
    settings.IDP_OIDC_PRIVATE_KEYS = keys_of(f"2020-01-01:{new},{old}")
    assert id_of(sign(CLAIMS)) != first
    # What the old one has signed counts as long as it is published.


def test_a_key_is_parsed_once() -> None:
    sign(CLAIMS)
    began = time.process_time()
    for _ in range(20):
        sign(CLAIMS)
    # To parse it takes some 50 ms each time, to sign one or two.
    assert time.process_time() - began < 20 * 0.02


def test_what_was_signed_is_read_also_when_it_has_expired() -> None:
    expired = sign(CLAIMS | {"exp": 1})
    found = read_id_token(expired)
    assert found is not None
    assert found["sub"] == "x"


def part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def forged(kind: str) -> str:
    """A token that names a key of ours, and is not signed by it."""
    [key] = published_keys()
    signed = f"{part({'alg': kind, 'typ': 'JWT', 'kid': key['kid']})}.{part(CLAIMS)}"
    if kind == "none":
        return f"{signed}."
    public = jwt.PyJWK(key).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@pytest.mark.parametrize("kind", ["none", "HS256"])
def test_a_token_that_the_public_key_would_have_signed_is_none(kind: str) -> None:
    assert read_id_token(forged(kind)) is None


@pytest.mark.parametrize(
    "claims", [CLAIMS | {"iss": "https://evil.example"}, {"iss": CLAIMS["iss"], "aud": "y"}]
)
def test_a_token_of_another_issuer_or_about_nobody_is_none(claims: dict[str, str]) -> None:
    assert read_id_token(sign(claims)) is None


def test_a_logout_token_is_no_id_token() -> None:
    assert read_id_token(sign(CLAIMS, kind=LOGOUT_TOKEN)) is None


def test_a_token_of_a_key_that_was_taken_out_is_none(settings: Settings) -> None:
    signed = sign(CLAIMS)
    settings.IDP_OIDC_PRIVATE_KEYS = keys_of(make_signing_key())
    assert read_id_token(signed) is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.e30", "\x00", "ü" * 100])
def test_any_other_text_is_none(text: str) -> None:
    assert read_id_token(text) is None
