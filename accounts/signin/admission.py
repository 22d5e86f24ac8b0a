"""How a user is let in, through whatever door: one function, which asks all that is to be asked.

A door finds out who a user is by what it takes: a session, a token, a ticket. It looks the user
up afresh (accounts.signin.lookup), says what was shown, and calls `admit`:

    admission = admit(user, Credential(epoch=token.epoch, second_step=token.was_proven))

From there on the database shows what this user may see at most, until the end of the request;
nobody who was not let in sees anything. Whether a page or a verb is for this user is another
question, which customers.tenancy and the services ask. docs/a-new-door.md has the rest.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import scope
from customers.errors import Refused
from customers.scope import NOBODY, Scope

from ..models import User
from ..services.expiry import temporary_password_expired
from .lookup import scope_of
from .mfa import has_second_step, must_have_second_step

ACCOUNT_CLOSED = gettext_lazy("This account is blocked or deleted.")


class Hindrance(StrEnum):
    """The step that a user has to take first, to which pages can lead. Each is a code."""

    CHOOSE = "password-to-choose"
    SET_UP = "second-step-to-set-up"
    TAKE = "second-step-to-take"


class NotAdmitted(Refused):
    """The refusal of a door that stays shut: the database shows nothing."""


@dataclass(frozen=True, slots=True)
class Credential:
    """The proof that was shown at the door.

    `epoch` is the session epoch under which it was made; None where that was compared before, as
    Django does by the hash in a session. `second_step`: one was taken with it, or to make it.
    """

    epoch: int | None = None
    second_step: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """A user who was let in, with what the database shows; all else waits for the `hindrance`."""

    user: User
    scope: Scope
    hindrance: Hindrance | None = None


def admit(user: User | None, credential: Credential, *, leads: bool = False) -> Admission:
    """Let this user in, and show what is theirs from here on; raise NotAdmitted otherwise.

    `user` is as the database has them now, or None where there is none. A door that `leads`
    users to what they have to do first is told of it in the answer; through any other they don't
    come in before it is done. Neither partner nor customer can be closed so far: that is asked here
    once they can be.
    """
    # Also where another user was let in before, as by a request with several tokens.
    scope.enter(NOBODY)
    if user is None:
        raise NotAdmitted(_("You are not signed in. Sign in again."), code="not-known")
    if not user.is_active:
        raise NotAdmitted(str(ACCOUNT_CLOSED), code="account-closed")
    if credential.epoch is not None and credential.epoch != user.session_epoch:
        raise NotAdmitted(_("This access has ended. Sign in again."), code="access-ended")
    refuse_before_start(user)
    refuse_expired_password(user)
    own = scope_of(user)
    scope.enter(own)
    hindrance = None
    if user.must_change_password:
        hindrance = Hindrance.CHOOSE
    elif not credential.second_step and must_have_second_step(user):
        # No query for a user who took, or needs, no second step.
        hindrance = Hindrance.TAKE if has_second_step(user) else Hindrance.SET_UP
    if hindrance and not leads:
        scope.enter(NOBODY)
        raise _hindered(hindrance)
    return Admission(user, own, hindrance)


def admit_halfway(user: User) -> None:
    """Show a user's rows who has proven one thing, to whatever asks for the next.

    A second step is one of the user's rows, and so is what notes its use. Nobody is signed in
    by this, and no page is shown.
    """
    scope.enter(scope_of(user))


def refuse_before_start(user: User) -> None:
    """Raise NotAdmitted before the user's first day. At sign-in, call after the proof was right."""
    if user.is_to_start:
        raise NotAdmitted(usable_from(user), code="not-started-yet")


def usable_from(user: User) -> str:
    """Return when a user who has a first day can begin, in a sentence."""
    day = date_format(user.starts_on, "DATE_FORMAT") if user.starts_on else ""
    return _("This account can be used from %(date)s.") % {"date": day}


def refuse_expired_password(user: User) -> None:
    """Raise NotAdmitted for a temporary password whose time is over. Call after it was right."""
    if temporary_password_expired(user):
        raise NotAdmitted(
            _(
                "This temporary password has expired. Ask the administrator who gave it to you"
                " for a new one."
            ),
            code="temporary-password-expired",
        )


def _hindered(hindrance: Hindrance) -> NotAdmitted:
    """Return what a door says that leads nobody anywhere."""
    if hindrance is Hindrance.CHOOSE:
        text = _("Choose a password of your own first: sign in to the portal.")
        return NotAdmitted(text, code="password-to-choose")
    if hindrance is Hindrance.SET_UP:
        text = _("Set up two-step sign-in first: sign in to the portal.")
        return NotAdmitted(text, code="second-step-to-set-up")
    return NotAdmitted(_("This needs a second step. Sign in with it."), code="second-step-to-take")
