"""The keys that sign ID tokens and logout tokens (OIDC_KEYS), each of them parsed once.

To parse and check one takes 50 ms of a processor, three times as long as all else of a sign-in.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import jwt
from allauth.idp.oidc.adapter import get_adapter
from django.conf import settings

from .allauth_internals import load_jwk_from_pem

ALGORITHM = "RS256"
ID_TOKEN, LOGOUT_TOKEN = "JWT", "logout+jwt"

_parsed = cache(load_jwk_from_pem)


def published_keys() -> list[dict[str, Any]]:
    """Return the public halves, with those of keys that sign only from a day to come."""
    return [_parsed(key.pem)[0] for key in get_adapter().list_private_keys(is_active=True)]


def sign(claims: dict[str, Any], *, kind: str = ID_TOKEN) -> str:
    """Return the claims as a JWT of ours; its header says of which kind it is."""
    return signer(kind)(claims)


def signer(kind: str) -> Callable[[dict[str, Any]], str]:
    """Return what signs many tokens of a kind, with the key of this moment."""
    public, private = _parsed(get_adapter().get_signing_key().pem)
    headers = {"kid": public["kid"], "typ": kind}
    return partial(jwt.encode, key=private, algorithm=ALGORITHM, headers=headers)


def read_id_token(token: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of ours, expired or not; None for any other text."""
    try:
        header = jwt.get_unverified_header(token)
        key = next(key for key in published_keys() if key["kid"] == header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(key).key,
            # Whatever the token says of itself: "none" and HS256, with this public key as its
            # secret, are the oldest forgeries.
            algorithms=[ALGORITHM],
            issuer=settings.OIDC_ISSUER,
            options={"verify_exp": False, "verify_aud": False, "require": ["iss", "sub", "aud"]},
        )
    except (jwt.PyJWTError, StopIteration):
        return None
    return claims if header.get("typ") == ID_TOKEN else None
