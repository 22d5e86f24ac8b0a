"""New secrets, each kept for the user who had it made: until Done, or for an hour.

They lie sealed in that user's session, so that a second click or a reload loses nothing and nobody
else can read them. What checks a secret later has no more than its hash.
"""

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

    def find(self, request: HttpRequest, pk: int) -> str:
        """Return the secret, or "" where none is kept; ask the row whether it is still the one.

        One is found, too, that another request has kept since this one began: a first click.
        """
        sealed, _until = self._living(request.session).get(str(pk), ("", 0.0))
        if not sealed:
            stored = type(request.session)(request.session.session_key)
            sealed, _until = self._living(stored).get(str(pk), ("", 0.0))
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
