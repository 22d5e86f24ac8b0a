from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.services import audit, batches

from ...models import User
from .locking import check_not_self, check_reach, deleted_message, lock_users


def block_users(users: Iterable[User], *, customer: Customer, actor: User, key: str = "") -> Batch:
    """Stop sign-in at once: every session ends. Licenses stay."""
    return _turn(users, BatchKind.BLOCK, customer=customer, actor=actor, key=key)


def allow_users(users: Iterable[User], *, customer: Customer, actor: User, key: str = "") -> Batch:
    return _turn(users, BatchKind.ALLOW, customer=customer, actor=actor, key=key)


@transaction.atomic
def _turn(
    users: Iterable[User], kind: BatchKind, *, customer: Customer, actor: User, key: str
) -> Batch:
    blocking = kind == BatchKind.BLOCK
    batch = batches.open_batch(kind, actor=actor, customer=customer, key=key)
    rows = lock_users(users, customer=customer)
    if blocking:
        check_not_self(rows, actor=actor, message=_("You can't block yourself."))
    check_reach(rows, actor=actor, capability=Capability.MANAGE_USERS)
    turned = [
        row for row in rows if row.deleted_at is None and (row.blocked_at is None) == blocking
    ]
    ids = [row.pk for row in turned]
    if blocking:
        User.objects.filter(pk__in=ids).update(
            blocked_at=timezone.now(),
            blocked_by=actor,
            session_epoch=F("session_epoch") + 1,
            changed_by_batch=batch,
        )
    else:
        User.objects.filter(pk__in=ids).update(
            blocked_at=None, blocked_by=None, changed_by_batch=batch
        )
    action = Action.USER_BLOCKED if blocking else Action.USER_ALLOWED
    entries = [audit.Entry(action, row) for row in turned]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    items = [batches.item(batch, row, **_result(row, ids, blocking)) for row in rows]
    return batches.close_batch(batch, items)


def _result(row: User, turned: list[int], blocking: bool) -> dict[str, object]:  # noqa: FBT001
    if row.pk in turned:
        return {"before": {"blocked": not blocking}, "after": {"blocked": blocking}}
    if row.deleted_at:
        return {"outcome": Outcome.FAILED, "reason": deleted_message(row)}
    reason = _("Blocked already.") if blocking else _("Not blocked.")
    return {"outcome": Outcome.SKIPPED, "reason": reason}
