"""What a token is made of, and the access of an hour that a client secret is exchanged for.

A token begins with `pp_`, so that scanners of repositories know it for one, and the letters after
it tell which: `pp_8letters_` and 43 characters, 256 random bits.
"""

import re
import secrets
import time
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.utils.crypto import get_random_string

from applications.oidc.keys import ALGORITHM, published_keys, sign

from .models import Token
from .models.tokens import PREFIX_LENGTH

PATTERN = re.compile(r"pp_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")
# The header of the signed token names its type, so that no ID token is taken for one (RFC 9068).
TYPE = "at+jwt"
AUDIENCE = "partner-portal-api"
SECONDS = 3_600
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A new token as it is handed over, with what is shown of it later."""

    text: str = field(repr=False)
    prefix: str


def draw() -> Drawn:
    prefix = f"pp_{get_random_string(8, _LETTERS)}_"
    return Drawn(prefix + secrets.token_urlsafe(32), prefix[:PREFIX_LENGTH])


def access_for(secret: Token) -> str:
    """Return a JWT that stands for this client secret for an hour, as long as that lives."""
    now = int(time.time())
    claims = {
        "iss": settings.OIDC_ISSUER,
        "aud": AUDIENCE,
        "sub": str(secret.user.uuid),
        "appid": str(secret.user.uuid),
        "sid": str(secret.uuid),
        "jti": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + SECONDS,
    }
    return sign(claims, kind=TYPE)


def secret_of_access(text: str) -> UUID | None:
    """Return which client secret this JWT stands for; None for any other text, or one that is
    over.
    """
    try:
        header = jwt.get_unverified_header(text)
        if header.get("typ") != TYPE:
            return None
        key = next(key for key in published_keys() if key["kid"] == header.get("kid"))
        claims = jwt.decode(
            text,
            jwt.PyJWK(key).key,
            algorithms=[ALGORITHM],
            issuer=settings.OIDC_ISSUER,
            audience=AUDIENCE,
            options={"require": ["iss", "sub", "aud", "exp", "sid"]},
        )
        return UUID(claims["sid"])
    except (jwt.PyJWTError, StopIteration, ValueError):
        return None
