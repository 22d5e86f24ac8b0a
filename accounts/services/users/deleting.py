"""Deleting users softly, so that they can be restored for a while."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability
from customers.said import gettext_lazy
from customers.services import audit, batches
from customers.services.customers import move_counters
from customers.services.transactions import transactional
from licensing.services.seats import release_all

from ...models import User
from ..access import end_access
from .locking import beyond_reach, deleted, left_items, oneself, take_users

NOT_ONESELF = gettext_lazy("You can't delete yourself.")


@transactional
def delete_users(
    users: Collection[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Delete softly: sessions end, seats are free at once, restorable until `purge_after`.

    Raises AlreadyDone; Refused when it can be done to nobody.
    """
    batch = batch or batches.open_batch(
        BatchKind.DELETE, actor=actor, customer=customer, key=key, reason=reason
    )
    capability = Capability.MANAGE_USERS
    locked = take_users(users, customer=customer, actor=actor, capability=capability)
    living, left = locked.sort_out(
        deleted,
        oneself(actor, str(NOT_ONESELF)),
        beyond_reach(locked.actor, capability),
    )
    ids = [row.pk for row in living]
    released = release_all(ids, at=timezone.now())
    gone = {
        "username": None,
        "domain": None,
        "deleted_at": released.at,
        "deleted_by": actor,
        "purge_after": released.at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS),
        "changed_by_batch": batch,
    }
    end_access(living, writing=gone)
    held: dict[int, list[str]] = {}
    for seat in released.rows:
        held.setdefault(seat.user_id, []).append(seat.product)
    facts = {row.pk: {"released": held.get(row.pk, [])} for row in living}
    entries = [audit.Entry(Action.USER_DELETED, row, facts[row.pk]) for row in living]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    items = [batches.item(batch, row, after=facts[row.pk]) for row in living]
    batches.close_batch(batch, items + left_items(batch, left))
    move_counters(customer, active=-len(living), deleted=len(living))
    return batch
