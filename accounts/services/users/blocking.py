"""Blocking users, and allowing them to sign in again."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.said import gettext_lazy
from customers.services import audit, batches
from customers.services.transactions import transactional

from ...models import User
from ..access import end_access
from .locking import Why, beyond_reach, deleted, left_items, oneself, take_users

NOT_ONESELF = gettext_lazy("You can't block yourself.")
BLOCKED_ALREADY = gettext_lazy("Already blocked.")
NOT_BLOCKED = gettext_lazy("Not blocked.")


@transactional
def block_users(
    users: Collection[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Stop sign-in at once: every session ends. Licenses stay.

    Raises AlreadyDone; Refused when it can be done to nobody.
    """
    batch = batch or batches.open_batch(
        BatchKind.BLOCK, actor=actor, customer=customer, key=key, reason=reason
    )
    values = {"blocked_at": timezone.now(), "blocked_by": actor}
    not_self = oneself(actor, str(NOT_ONESELF))
    return _turn(users, batch, values, not_self, actor=actor)


@transactional
def allow_users(
    users: Collection[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Let users sign in again, with the password they had. Raises as block_users does."""
    batch = batch or batches.open_batch(
        BatchKind.ALLOW, actor=actor, customer=customer, key=key, reason=reason
    )
    return _turn(users, batch, {"blocked_at": None, "blocked_by": None}, actor=actor)


def _turn(
    users: Collection[User | int],
    batch: Batch,
    values: dict[str, Any],
    *reasons: Why,
    actor: User,
) -> Batch:
    blocking = batch.kind == BatchKind.BLOCK
    capability = Capability.MANAGE_USERS
    locked = take_users(users, customer=batch.customer, actor=actor, capability=capability)
    todo, left = locked.sort_out(deleted, *reasons, beyond_reach(locked.actor, capability))
    turned = [row for row in todo if (row.blocked_at is None) == blocking]
    values = {**values, "changed_by_batch": batch}
    if blocking:
        end_access(turned, writing=values)
    else:
        User.objects.filter(pk__among=[row.pk for row in turned]).update(**values)
    action = Action.USER_BLOCKED if blocking else Action.USER_ALLOWED
    entries = [audit.Entry(action, row) for row in turned]
    audit.record(entries, actor=actor, customer=batch.customer, batch=batch)
    before, after = {"blocked": not blocking}, {"blocked": blocking}
    items = [batches.item(batch, row, before=before, after=after) for row in turned]
    already = str(BLOCKED_ALREADY if blocking else NOT_BLOCKED)
    done = {row.pk for row in turned}
    left += [(row, Outcome.ALREADY, already) for row in todo if row.pk not in done]
    return batches.close_batch(batch, items + left_items(batch, left))
