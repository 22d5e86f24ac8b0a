"""New secrets, each kept for the user who had it made: until Done, or for an hour.

They lie sealed in that user's session, so that a second click or a reload loses nothing and nobody
else can read them. What checks a secret later has no more than its hash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from .encryption import cipher_for

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeptSecrets:
    """The secrets of one kind, by the number of the row that each belongs to.

    `key` is where they lie in the session, `purpose` what their encryption is bound to.
    """

    key: str
    purpose: bytes

    def keep(self, request: HttpRequest, pk: int, secret: str) -> None:
        sealed = cipher_for(self.purpose).encrypt(secret.encode()).decode()
        until = (timezone.now() + _HOUR).timestamp()
        request.session[self.key] = {**self._living(request.session), str(pk): [sealed, until]}

    def find(self, request: HttpRequest, pk: int, is_still: Callable[[str], bool] = bool) -> str:
        """Return the secret, or "" where none is kept that `is_still` the one of the row.

        One is found, too, that another request has kept since this one began: a first click.
        """
        sessions = (request.session, type(request.session)(request.session.session_key))
        secrets = (self._read(session, pk) for session in sessions)
        return next((secret for secret in secrets if secret and is_still(secret)), "")

    def _read(self, session: SessionBase, pk: int) -> str:
        sealed, _until = self._living(session).get(str(pk), ("", 0.0))
        try:
            return cipher_for(self.purpose).decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            return ""

    def forget(self, request: HttpRequest, pk: int) -> None:
        rest = self._living(request.session)
        if rest.pop(str(pk), None):
            request.session[self.key] = rest

    def _living(self, session: SessionBase) -> dict[str, tuple[str, float]]:
        now = timezone.now().timestamp()
        kept = session.get(self.key, {})
        return {pk: (sealed, until) for pk, (sealed, until) in kept.items() if until > now}
