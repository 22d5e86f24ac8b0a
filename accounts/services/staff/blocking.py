"""Blocking staff, and allowing them again."""

from collections.abc import Iterable

from django.utils import timezone

from customers.actions import Action
from customers.services.transactions import transactional

from ...models import User
from ..access import end_access
from ..users.blocking import NOT_ONESELF
from ..users.locking import check_not_self
from .locking import keeping_an_admin, take_staff
from .writing import log


@transactional
def block_staff(users: Iterable[User], *, actor: User, reason: str = "") -> int:
    """Stop sign-in at once, so that every session ends; return how many were blocked.

    Refused where oneself, or a team's last account admin, is among them.
    """
    team = take_staff(users, actor=actor, with_integrations=True)
    check_not_self(team.rows, actor=actor, message=str(NOT_ONESELF))
    found = [row for row in team.living if row.blocked_at is None]
    with keeping_an_admin(found):
        for row in found:
            row.blocked_at, row.blocked_by = timezone.now(), team.actor
        end_access(found, writing=("blocked_at", "blocked_by"))
        for row in found:
            log(Action.USER_BLOCKED, row, {}, actor=actor, reason=reason)
    return len(found)


@transactional
def allow_staff(users: Iterable[User], *, actor: User, reason: str = "") -> int:
    """Let staff sign in again, with the password they had; return how many were blocked."""
    team = take_staff(users, actor=actor, with_integrations=True)
    found = [row for row in team.living if row.blocked_at is not None]
    for row in found:
        row.blocked_at = row.blocked_by = None
        row.save(update_fields=["blocked_at", "blocked_by"])
        log(Action.USER_ALLOWED, row, {}, actor=actor, reason=reason)
    return len(found)
