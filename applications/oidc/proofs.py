"""When and how a user has proven who they are, as an application may ask to know, or to have anew.

`max_age` and `prompt=login` count from the moment at which the same request came first: one that
was led to the page that asks, and comes back, has what it asked for. One that comes back later than
a sign-in takes is a new one: what was proven in between was proven for something else.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from accounts.models import User
from accounts.services.session_store import STRANGERS_AGE
from accounts.signin.mfa import has_second_step, last_step_at, proofs, took_second_step
from customers.query_params import read_number

from .standing import ONE_STEP, TWO_STEPS

_SESSION_KEY = "applications.asked"
# Seconds that a request has to come back in: as long as a stranger's sign-in may take.
BACK_WITHIN = STRANGERS_AGE
# The words of RFC 8176 for what was proven.
PASSWORD, CODE, PASSKEY, BOTH = "pwd", "otp", "pop", "mfa"
# All other second steps are codes.
SECOND = {"webauthn": PASSKEY}
# To choose another account one signs out; to be asked for this one's proof is next to it.
ANEW = {"login", "select_account"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request of an application asks of the sign-in."""

    silent: bool
    anew: bool
    max_age: int | None
    two_steps: bool

    @classmethod
    def of(cls, request: HttpRequest, about: Request | None = None) -> "Asked":
        """Read the address; raise InvalidRequestError for a `max_age` that is no number.

        It tells the application of it that oauthlib's request is `about`.
        """
        prompts, given = request.GET.get("prompt", "").split(), request.GET.get("max_age", "")
        max_age = read_number(given)
        if given and max_age is None:
            text = "max_age is no number of seconds."
            raise InvalidRequestError(description=text, request=about)
        first_choice = next(iter(request.GET.get("acr_values", "").split()), "")
        return cls(
            "none" in prompts, not ANEW.isdisjoint(prompts), max_age, first_choice == TWO_STEPS
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What an ID token says of the sign-in."""

    auth_time: datetime
    amr: list[str]
    acr: str

    @classmethod
    def of(cls, request: HttpRequest, user: User) -> "Proof":
        methods = dict.fromkeys(
            PASSWORD if row["method"] == "password" else SECOND.get(row.get("type", ""), CODE)
            for row in proofs(request)
        )
        if took_second_step(request):
            methods[BOTH] = None
        acr = TWO_STEPS if BOTH in methods else ONE_STEP
        at = datetime.fromtimestamp(_proven_at(request, user), UTC)
        return cls(at, list(methods), acr)


def needs_proof(request: HttpRequest, user: User | None, asked: Asked) -> bool:
    """Return whether the user has to prove once more who they are, or to sign in."""
    if user is None:
        # The sign-in that comes now is what was asked for.
        _note(request)
        return True
    if asked.two_steps and not took_second_step(request) and has_second_step(user):
        return True
    at = _proven_at(request, user)
    is_old = asked.max_age is not None and time.time() - at > asked.max_age
    if not (asked.anew or is_old):
        return False
    if _came_back(request, proven_at=at):
        return False
    if not asked.silent:
        _note(request)
    return True


def _proven_at(request: HttpRequest, user: User) -> float:
    """Return when the user last proved anything in this session, in seconds."""
    moments = [last_step_at(request, "password"), last_step_at(request, "mfa")]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else user.last_login.timestamp() if user.last_login else 0.0


def _came_back(request: HttpRequest, *, proven_at: float) -> bool:
    """Return whether this request was led to the page that asks, and has its proof; told once."""
    note = request.session.get(_SESSION_KEY) or {}
    if note.get("of") != _fingerprint(request) or proven_at < note["at"]:
        return False
    del request.session[_SESSION_KEY]
    return bool(time.time() - note["at"] <= BACK_WITHIN)


def _note(request: HttpRequest) -> None:
    request.session[_SESSION_KEY] = {"of": _fingerprint(request), "at": time.time()}


def _fingerprint(request: HttpRequest) -> str:
    return hashlib.sha256(request.get_full_path().encode()).hexdigest()
