from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.services import audit, batches
from customers.services.customers import move_counters
from licensing.models import LicenseAssignment
from licensing.services.seats import release_all

from ...models import User
from .locking import check_not_self, check_reach, deleted_message, lock_users


@transaction.atomic
def delete_users(
    users: Iterable[User], *, customer: Customer, actor: User, key: str = "", reason: str = ""
) -> Batch:
    """Delete softly: sessions end, seats are free at once, restorable until `purge_after`."""
    batch = batches.open_batch(BatchKind.DELETE, actor=actor, customer=customer, key=key)
    rows = lock_users(users, customer=customer)
    check_not_self(rows, actor=actor, message=_("You can't delete yourself."))
    check_reach(rows, actor=actor, capability=Capability.MANAGE_USERS)
    living = [row for row in rows if row.deleted_at is None]
    now = timezone.now()
    released = release_all([row.pk for row in living], at=now)
    User.objects.filter(pk__in=[row.pk for row in living]).update(
        username=None,
        domain=None,
        deleted_at=now,
        deleted_by=actor,
        purge_after=now + timedelta(days=settings.DELETED_USER_RETENTION_DAYS),
        session_epoch=F("session_epoch") + 1,
        changed_by_batch=batch,
    )
    held = _products(released)
    entries = [
        audit.Entry(Action.USER_DELETED, row, {"released": held.get(row.pk, [])}) for row in living
    ]
    audit.record(entries, actor=actor, customer=customer, batch=batch, reason=reason)
    items = [batches.item(batch, row, after={"released": held.get(row.pk, [])}) for row in living]
    items += [
        batches.item(batch, row, outcome=Outcome.FAILED, reason=deleted_message(row))
        for row in rows
        if row.deleted_at
    ]
    batches.close_batch(batch, items)
    move_counters(customer, active=-len(living), deleted=len(living))
    return batch


def _products(released: Iterable[LicenseAssignment]) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for row in released:
        held.setdefault(row.user_id, []).append(row.subscription.product.name)
    return held
