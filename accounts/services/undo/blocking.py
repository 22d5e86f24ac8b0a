"""Undo of Block and of Allow sign-in, which take each other back."""

from collections.abc import Callable, Iterable

from django.utils.translation import ngettext

from customers.formats import figure
from customers.models import BatchKind, Outcome
from customers.roles import Capability

from ...queries.user_briefs import Brief
from ..users import allow_users, block_users
from ..users.blocking import BLOCKED_ALREADY, NOT_BLOCKED, NOT_ONESELF
from ..users.locking import Verdict, deleted, oneself
from .cases import Case, Inverse, Plan


def _allow(case: Case) -> Plan:
    not_blocked = _already(blocked=False, text=str(NOT_BLOCKED))
    todo, left = case.sort_out(deleted, case.reach(Capability.MANAGE_USERS), not_blocked)
    point = ngettext(
        "%(count)s user can sign in again, with the same password as before.",
        "%(count)s users can sign in again, with the same passwords as before.",
        len(todo),
    )
    return Plan(
        todo,
        left,
        [point % {"count": figure(len(todo))}],
        lambda batch: allow_users(
            _ids(todo), customer=case.customer, actor=case.actor, batch=batch
        ),
    )


def _block(case: Case) -> Plan:
    todo, left = case.sort_out(
        deleted,
        oneself(case.actor, str(NOT_ONESELF)),
        case.reach(Capability.MANAGE_USERS),
        _already(blocked=True, text=str(BLOCKED_ALREADY)),
    )
    point = ngettext(
        "%(count)s user can't sign in any more; every open session ends at once.",
        "%(count)s users can't sign in any more; every open session ends at once.",
        len(todo),
    )
    return Plan(
        todo,
        left,
        [point % {"count": figure(len(todo))}],
        lambda batch: block_users(
            _ids(todo), customer=case.customer, actor=case.actor, batch=batch
        ),
    )


def _ids(users: Iterable[Brief]) -> list[int]:
    return [row.pk for row in users]


def _already(*, blocked: bool, text: str) -> Callable[[Brief], Verdict]:
    def why(row: Brief) -> Verdict:
        return (Outcome.SKIPPED, text) if (row.blocked_at is not None) == blocked else None

    return why


UNDO_BLOCK = Inverse(BatchKind.ALLOW, Capability.MANAGE_USERS, _allow)
UNDO_ALLOW = Inverse(BatchKind.BLOCK, Capability.MANAGE_USERS, _block)
