"""Removing staff from a team for good."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services.transactions import transactional

from ...models import User
from ..access import end_access
from ..selections import drop_selections
from ..users.locking import check_not_self
from .locking import keeping_an_admin, take_staff
from .writing import log


@transactional
def remove_staff(users: Iterable[User], *, actor: User, reason: str = "") -> int:
    """Remove staff for good: sessions end, the user name is free, the log keeps the names.

    What they left behind is the team's: open password sheets are read by the account admins. The
    rows go with the purge. Refused where oneself or the last account admin is among them.
    """
    team = take_staff(users, actor=actor)
    check_not_self(team.rows, actor=actor, message=_("You can't remove yourself."))
    if any(row.partner is None for row in team.rows):
        raise Refused(_("Support staff are blocked, not removed."), code="support-staff-stay")
    at, found = timezone.now(), team.living
    with keeping_an_admin(found):
        for row in found:
            row.username = row.domain = None
            row.deleted_at, row.deleted_by = at, team.actor
            row.purge_after = at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
        end_access(found, writing=GONE)
        for row in found:
            drop_selections(row)
            log(Action.STAFF_REMOVED, row, {}, actor=actor, reason=reason)
    return len(found)


GONE = ("username", "domain", "deleted_at", "deleted_by", "purge_after")
