"""Temporary passwords of staff, each told once."""

from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services import audit
from customers.services.transactions import transactional

from ...models import User
from ...passwords import hash_temporary_password, make_temporary_password
from ..access import end_access
from ..users.locking import check_not_self
from ..users.passwords import GIVEN, NOT_ONESELF
from .details import Issued
from .locking import take_one
from .writing import log


def reset_staff_password(user: User, *, epoch: int | None, actor: User, reason: str = "") -> Issued:
    """Give a new temporary password; every session ends.

    `epoch` is the session epoch that the page has seen: a second click is refused, not obeyed.
    """
    password = make_temporary_password(1)
    # Before the transaction: a slow hash must not be waited for under a lock.
    hashed = hash_temporary_password(password)
    return Issued(_reset(user, hashed, epoch=epoch, actor=actor, reason=reason), password)


@transactional
def _reset(user: User, hashed: str, *, epoch: int | None, actor: User, reason: str) -> User:
    fresh, _by = take_one(user, actor=actor)
    check_not_self([fresh], actor=actor, message=str(NOT_ONESELF))
    if fresh.session_epoch != epoch:
        raise Refused(
            _("%(name)s was blocked or got a new password a moment ago. Reset it again if you did"
              " not see it.") % {"name": fresh.display_name}, code="access-changed-meanwhile"
        )  # fmt: skip
    fresh.password = hashed
    fresh.must_change_password, fresh.temporary_password_set_at = True, timezone.now()
    end_access([fresh], writing=GIVEN)
    log(Action.PASSWORD_RESET, fresh, {}, actor=actor, reason=reason)
    return fresh


@transactional
def note_password_shown(user: User, *, actor: User) -> None:
    """Log that a temporary password was seen; the password itself never is."""
    fresh, _by = take_one(user, actor=actor)
    entry = audit.Entry(Action.PASSWORD_SHOWN, fresh)
    audit.record([entry], actor=actor, partner=fresh.partner)
