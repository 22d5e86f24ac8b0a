"""Sign-ins to applications: that one begins, is used, is refused, and ends.

Whether one still stands nobody has to write: it is worth nothing once its user's `session_epoch` is
another one (accounts.services.access). What is written here is what a user or staff ends while the
access goes on, and what a page shows.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.users.locking import check_reach, take_users
from customers.actions import Action
from customers.models import AuditEvent, Customer
from customers.roles import Capability
from customers.services import audit
from customers.services.transactions import transactional

from ..lookup import hold_application
from ..models import Application, AppSession, AppSessionQuerySet
from .applications import application_gone
from .logouts import end_and_tell

# A session says so often that it is in use.
SEEN_EVERY = timedelta(minutes=5)
# One who tries again and again is told of once in so long.
REFUSED_EVERY = timedelta(minutes=10)
# What was not used for so long is over, and its row goes.
KEPT = timedelta(days=90)


def hash_of_session(session_key: str) -> str:
    """Return by what a session of the portal is known here; the key itself would sign one in."""
    return hashlib.sha256(session_key.encode()).hexdigest()


@transactional
def start_session(
    application: Application,
    *,
    actor: User,
    session_key: str,
    auth_time: datetime,
    amr: Sequence[str] = (),
    acr: str = "",
) -> AppSession:
    """Return the actor's session with the application from this session of the portal.

    The one that stands, whose proof may be newer now, or else a new one, which the log tells of.
    Where nothing is new, nothing is written. Refused where the application has been removed.
    """
    now, key = timezone.now(), hash_of_session(session_key)
    own = application.sessions.standing().filter(user=actor.pk, session_key_hash=key)
    found = own.select_for_update(no_key=True, of=("self",)).order_by("-pk").first()
    # After the sessions, as a block does: it ends them, and its rows refer to the application.
    hold(application)
    if found is not None:
        proof, known = (auth_time, list(amr), acr), (found.auth_time, found.amr, found.acr)
        if proof != known or now - found.last_used_at >= SEEN_EVERY:
            found.auth_time, found.amr, found.acr = proof
            found.last_used_at = now
            found.save(update_fields=["auth_time", "amr", "acr", "last_used_at"])
        return found
    session = AppSession.objects.create(
        application=application,
        user=actor,
        session_key_hash=key,
        auth_time=auth_time,
        amr=list(amr),
        acr=acr,
        epoch=actor.session_epoch,
        last_used_at=now,
    )
    _tell(Action.APPLICATION_ENTERED, actor, [application.name], actor=actor)
    return session


def hold(application: Application) -> None:
    """Keep the application until the transaction ends. Refused where it has been removed."""
    if not hold_application(application.pk):
        raise application_gone()


def see_session(session: AppSession) -> None:
    """Note that a session is in use, now and then."""
    now = timezone.now()
    if now - session.last_used_at >= SEEN_EVERY:
        AppSession.objects.filter(pk=session.pk).update(last_used_at=now)


@transactional
def refuse_entry(application: Application, *, actor: User) -> None:
    """Note that the actor was refused by the gate; tries one after the other are one event.

    Refused where the application has been removed: then there is nothing to tell of.
    """
    hold(application)
    events = AuditEvent.objects.about(actor).filter(
        action=Action.APPLICATION_REFUSED,
        at__gt=timezone.now() - REFUSED_EVERY,
        changes__application=application.name,
    )
    if not events.exists():
        _tell(Action.APPLICATION_REFUSED, actor, [application.name], actor=actor)


@transactional
def end_app_sessions(sessions: Collection[AppSession], *, actor: User) -> int:
    """End the actor's own sessions with applications; return how many."""
    return _end(AppSession.objects.filter(pk__in=[row.pk for row in sessions]), actor=actor)


@transactional
def end_app_sessions_from(session_keys: Collection[str], *, actor: User) -> int:
    """End what the actor has begun from sessions of the portal, which end; return how many."""
    hashes = [hash_of_session(key) for key in session_keys]
    return _end(AppSession.objects.filter(session_key_hash__in=hashes), actor=actor)


@transactional
def sign_out_everywhere(user: User, *, customer: Customer, actor: User, reason: str = "") -> None:
    """Sign a user out of the portal and of every application, on all devices.

    The password stays: whoever knows it can sign in again. Refused where the role does not reach.
    """
    capability = Capability.MANAGE_USERS
    locked = take_users([user], customer=customer, actor=actor, capability=capability)
    check_reach(locked.rows, actor=locked.actor, capability=capability)
    for row in locked.rows:
        standing = AppSession.objects.standing().filter(user=row.pk)
        names = _names(standing)
        end_access([row])
        _tell(Action.APPLICATION_LEFT, row, names, actor=actor, reason=reason)


def drop_old_sessions() -> int:
    """Remove the rows of sessions that have not been used for long; return how many."""
    old = AppSession.objects.filter(last_used_at__lt=timezone.now() - KEPT)
    dropped: int = old.delete()[0]
    return dropped


def _end(sessions: AppSessionQuerySet, *, actor: User) -> int:
    """End those of the actor's sessions that have not ended, and tell of it."""
    rows = sessions.filter(user=actor.pk, ended_at=None)
    names = _names(rows)
    # Most who sign out of the portal were in no application.
    ended = end_and_tell(rows) if names else []
    if ended:
        _tell(Action.APPLICATION_LEFT, actor, names, actor=actor)
    return len(ended)


def _names(sessions: AppSessionQuerySet) -> list[str]:
    return sorted(set(sessions.values_list("application__name", flat=True)))


def _tell(
    action: Action, user: User, names: Sequence[str], *, actor: User, reason: str = ""
) -> None:
    # As text: a list of two would be a change.
    entry = audit.Entry(action, user, {"application": ", ".join(names)})
    audit.record([entry], actor=actor, customer=user.customer, partner=user.partner, reason=reason)
