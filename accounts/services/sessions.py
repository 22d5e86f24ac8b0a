"""Sessions as a user sees them. Whether one works is Django's to say: rows here only tell of it.

allauth's own writing is left out (partnerportal.apps.PortalSessions): it would walk through all
sessions of a user at each sign-in, and write at each request.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from customers.actions import Action
from customers.errors import Refused
from customers.services import audit
from customers.services.transactions import transactional

from ..models import User
from .session_store import SessionStore, end_stored_sessions, stored_sessions

logger = structlog.get_logger(__name__)


class AtEnd(Protocol):
    """What is called with the keys of sessions that end by the user's own hand."""

    def __call__(self, session_keys: Collection[str], *, actor: User) -> object: ...


_at_end: list[AtEnd] = []

# A session says so often that it is in use.
SEEN_EVERY = 300
_NOTE = "session.note"
# Left to a sign-in that is under way when stale rows are dropped.
_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Client:
    """The address and the browser from which a session is used."""

    ip: str
    user_agent: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Client":
        length: int = UserSession._meta.get_field("user_agent").max_length
        user_agent = request.headers.get("user-agent", "")[:length]
        return cls(get_adapter().get_client_ip(request), user_agent)


def begin_session(request: HttpRequest, user: User) -> None:
    """Note the session of a user who has signed in; call it when the session has its key."""
    client, key = Client.of(request), request.session.session_key
    row = UserSession.objects.create(
        user=user, session_key=key, ip=client.ip, user_agent=client.user_agent
    )
    request.session[_NOTE] = {"row": row.pk, "key": key, "at": time.time()}


def see_session(request: HttpRequest) -> None:
    """Note that the session is in use, now and then; follow it to the key that a new password
    gives.

    Asks nothing of the database in between, nor of a session that did not begin by signing in.
    """
    note: dict[str, Any] | None = request.session.get(_NOTE)
    key = request.session.session_key
    if note is None or key is None:
        return
    if note["key"] == key and time.time() - note["at"] < SEEN_EVERY:
        return
    client = Client.of(request)
    UserSession.objects.filter(pk=note["row"], session_key=note["key"]).update(
        session_key=key, last_seen_at=timezone.now(), ip=client.ip, user_agent=client.user_agent
    )
    request.session[_NOTE] = {**note, "key": key, "at": time.time()}


def at_end_of_session(act: AtEnd) -> AtEnd:
    """Have this called whenever a user signs out, here or of another of the own sessions.

    What ends all access of a user is told by `access.at_end_of_access`; a session that only expires
    is told by nobody.
    """
    if act not in _at_end:
        _at_end.append(act)
    return act


def forget_session(request: HttpRequest) -> None:
    """Drop the note of this session, and what hangs on it; call it before signing out."""
    if note := request.session.get(_NOTE):
        UserSession.objects.filter(pk=note["row"]).delete()
    key = request.session.session_key
    if key and isinstance(request.user, User):
        try:
            _tell_of_end([key], actor=request.user)
        except Refused as refusal:
            # Of a busy database; who signs out is signed out here at least.
            logger.warning("end_of_session_not_told", reason=refusal.code)


def working_sessions(user: User) -> list[UserSession]:
    """Return the user's sessions that would be let in now, the last used first; two queries."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    working = set()
    for stored in stored_sessions(keys) if user.is_active else ():
        data = stored.get_decoded()
        # By a block, delete or another password the epoch rises, and with it the hash changes.
        own = data.get(HASH_SESSION_KEY, "")
        if data.get(SESSION_KEY) == str(user.pk) and any(
            constant_time_compare(own, one) for one in hashes
        ):
            working.add(stored.session_key)
    return [row for row in rows if row.session_key in working]


@transactional
def end_sessions(sessions: Collection[UserSession], *, actor: User) -> int:
    """End the actor's own sessions, so that the next click asks to sign in; return how many."""
    rows = UserSession.objects.filter(user=actor, pk__in=[row.pk for row in sessions])
    keys = list(rows.values_list("session_key", flat=True))
    if not keys:
        return 0
    end_stored_sessions(keys)
    rows.delete()
    _tell_of_end(keys, actor=actor)
    entry = audit.Entry(Action.SESSION_ENDED, actor, {"sessions": len(keys)})
    audit.record([entry], actor=actor, customer=actor.customer, partner=actor.partner)
    return len(keys)


def _tell_of_end(keys: Collection[str], *, actor: User) -> None:
    for act in _at_end:
        act(keys, actor=actor)


def drop_stale_sessions() -> int:
    """Remove sessions that have expired, and rows that tell of none; return how many rows."""
    SessionStore.clear_expired()
    rows = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    dropped: int = rows.filter(last_seen_at__lt=timezone.now() - _GRACE).delete()[0]
    return dropped
