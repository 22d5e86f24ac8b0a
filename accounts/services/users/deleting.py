from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability
from customers.services import audit, batches
from customers.services.customers import move_counters
from customers.services.transactions import transactional
from licensing.services.seats import Let, release_all

from ...models import User
from ..access import end_access
from .locking import beyond_reach, deleted, left_items, oneself, take_people

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
    people = take_people(users, customer=customer, actor=actor, capability=capability)
    living, left = people.sort_out(
        deleted,
        oneself(actor, str(NOT_ONESELF)),
        beyond_reach(people.actor, capability),
    )
    ids = [row.pk for row in living]
    released = release_all(ids, at=timezone.now())
    end_access(living, writing=_deleted(released.at, actor=actor, batch=batch))
    held = _products(released.rows)
    facts = {row.pk: {"released": held.get(row.pk, [])} for row in living}
    entries = [audit.Entry(Action.USER_DELETED, row, facts[row.pk]) for row in living]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    items = [batches.item(batch, row, after=facts[row.pk]) for row in living]
    batches.close_batch(batch, items + left_items(batch, left))
    move_counters(customer, active=-len(living), deleted=len(living))
    return batch


def _deleted(at: datetime, *, actor: User, batch: Batch) -> dict[str, Any]:
    return {
        "username": None,
        "domain": None,
        "deleted_at": at,
        "deleted_by": actor,
        "purge_after": at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS),
        "changed_by_batch": batch,
    }


def _products(released: Iterable[Let]) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for row in released:
        held.setdefault(row.user_id, []).append(row.product)
    return held
