"""A source's new token, kept for who had it made: until Done, or for an hour.

It lies sealed in that user's session, so that a reload loses nothing and nobody else can read it.
"""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.utils import timezone

from accounts.signin.encryption import cipher_for

from ..models import Token

_PURPOSE = b"partner portal: token of a source to hand over"
_KEY = "source-tokens"
_HOUR = timedelta(hours=1)


def keep_token(request: HttpRequest, token: Token, text: str) -> None:
    sealed = cipher_for(_PURPOSE).encrypt(text.encode()).decode()
    until = (timezone.now() + _HOUR).timestamp()
    request.session[_KEY] = {**_living(request), str(token.pk): [sealed, until]}


def kept_token(request: HttpRequest, token: Token) -> str:
    """Return the text, or "" where none is kept, or where it is worth nothing any more."""
    sealed, _until = _living(request).get(str(token.pk), ("", 0.0))
    if not sealed or not token.is_living:
        return ""
    try:
        return cipher_for(_PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def forget_token(request: HttpRequest, token: Token) -> None:
    rest = _living(request)
    rest.pop(str(token.pk), None)
    request.session[_KEY] = rest


def _living(request: HttpRequest) -> dict[str, tuple[str, float]]:
    now = timezone.now().timestamp()
    kept = request.session.get(_KEY, {})
    return {pk: (sealed, until) for pk, (sealed, until) in kept.items() if until > now}
