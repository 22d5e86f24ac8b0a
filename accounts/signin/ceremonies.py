"""What a passkey is asked to sign, bound to what it is asked for.

allauth keeps what it has asked for, the state of a ceremony, under one key of the session, whatever
it is for, and lets it outlive the sign-in. Here it names its purpose and its user, is taken for
nothing else, and goes with the sign-in that it was for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase

from .allauth_internals import LOGIN_SESSION_KEY, STATE_SESSION_KEY


class Purpose(StrEnum):
    SIGN_IN = "sign-in"
    SECOND_STEP = "second step"
    PROOF = "proof"
    REGISTRATION = "registration"


_FOR = "for"


@contextmanager
def begun_for(
    session: SessionBase, purpose: Purpose, user: AbstractBaseUser | None = None
) -> Iterator[None]:
    """Mark the ceremony begun inside with its purpose; `user` is whose passkey it asks for."""
    # Whatever is there was begun for something else, and may not become this.
    drop(session)
    yield
    if state := session.get(STATE_SESSION_KEY):
        session[STATE_SESSION_KEY] = {**state, _FOR: _mark(purpose, user)}


def check_purpose(purpose: Purpose, user: AbstractBaseUser | None = None) -> None:
    """Raise ValidationError unless it was begun for this; call before it is completed."""
    state = context.request.session.get(STATE_SESSION_KEY) or {}
    if state.get(_FOR) != _mark(purpose, user):
        raise get_adapter().validation_error("incorrect_code")


def _mark(purpose: Purpose, user: AbstractBaseUser | None) -> list[Any]:
    # A list, which JSON gives back as it was.
    return [purpose.value, user.pk if user else None]


def drop(session: SessionBase) -> None:
    session.pop(STATE_SESSION_KEY, None)


def drop_orphan(session: SessionBase) -> None:
    """Drop what a second step had asked for, once that is taken, given up or too late."""
    purpose, _user = (session.get(STATE_SESSION_KEY) or {}).get(_FOR, ("", None))
    if purpose == Purpose.SECOND_STEP and LOGIN_SESSION_KEY not in session:
        drop(session)
