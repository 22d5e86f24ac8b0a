"""A client's new secret, kept for who had it made: until Done, or for an hour.

It lies sealed in that user's session, so that a second click or a reload loses nothing and nobody
else can read it. The client itself has its hash alone.
"""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.utils import timezone

from accounts.signin.encryption import cipher_for

from ..models import Application

_PURPOSE = b"partner portal: client secret to hand over"
_KEY = "client-secrets"
_HOUR = timedelta(hours=1)


def keep_secret(request: HttpRequest, application: Application, secret: str) -> None:
    sealed = cipher_for(_PURPOSE).encrypt(secret.encode()).decode()
    until = (timezone.now() + _HOUR).timestamp()
    request.session[_KEY] = {**_living(request), str(application.pk): [sealed, until]}


def kept_secret(request: HttpRequest, application: Application) -> str:
    """Return the secret, or "" where none is kept, or where it is no longer the client's."""
    sealed, _until = _living(request).get(str(application.pk), ("", 0.0))
    if not sealed or application.client is None:
        return ""
    try:
        secret = cipher_for(_PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""
    return secret if application.client.check_secret(secret) else ""


def forget_secret(request: HttpRequest, application: Application) -> None:
    rest = _living(request)
    rest.pop(str(application.pk), None)
    request.session[_KEY] = rest


def _living(request: HttpRequest) -> dict[str, tuple[str, float]]:
    now = timezone.now().timestamp()
    kept = request.session.get(_KEY, {})
    return {pk: (sealed, until) for pk, (sealed, until) in kept.items() if until > now}
