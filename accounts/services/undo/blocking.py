"""Undo of Block and of Allow sign-in, which take each other back."""

from functools import partial

from customers.formats import figure
from customers.models import BatchKind, Outcome
from customers.roles import Capability
from customers.said import ngettext

from ...queries.user_briefs import Brief
from ..users import allow_users, block_users
from ..users.blocking import BLOCKED_ALREADY, NOT_BLOCKED, NOT_ONESELF
from ..users.locking import Verdict, deleted, oneself
from .cases import Case, Inverse, Plan


def _turn(case: Case, *, blocking: bool) -> Plan:
    def already(row: Brief) -> Verdict:
        if (row.blocked_at is not None) != blocking:
            return None
        return Outcome.ALREADY, str(BLOCKED_ALREADY if blocking else NOT_BLOCKED)

    not_self = [oneself(case.actor, str(NOT_ONESELF))] if blocking else []
    reach = case.reach(Capability.MANAGE_USERS)
    todo, left = case.sort_out(deleted, *not_self, reach, already)
    if blocking:
        point = ngettext(
            "%(count)s user can no longer sign in; every open session ends at once.",
            "%(count)s users can no longer sign in; every open session ends at once.",
            len(todo),
        )
    else:
        point = ngettext(
            "%(count)s user can sign in again, with the same password as before.",
            "%(count)s users can sign in again, with the same passwords as before.",
            len(todo),
        )
    turn = block_users if blocking else allow_users
    ids = [row.pk for row in todo]
    return Plan(
        todo,
        left,
        [point % {"count": figure(len(todo))}],
        lambda batch: turn(ids, customer=case.customer, actor=case.actor, batch=batch),
    )


UNDO_BLOCK = Inverse(BatchKind.ALLOW, Capability.MANAGE_USERS, partial(_turn, blocking=False))
UNDO_ALLOW = Inverse(BatchKind.BLOCK, Capability.MANAGE_USERS, partial(_turn, blocking=True))
