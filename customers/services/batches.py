"""The record of an action on any number of people, begun first in every transaction."""

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import AlreadyDone, Refused
from ..models import Batch, BatchItem, BatchKind, BatchState, Customer, Outcome
from . import bulk

if TYPE_CHECKING:
    from accounts.models import User


def new_key() -> str:
    """What a form carries so that a second click, or Back, finds the first one's work."""
    return secrets.token_urlsafe(16)


def open_batch(
    kind: BatchKind,
    *,
    actor: "User | None",
    customer: Customer,
    key: str = "",
    total: int = 0,
    request: dict[str, Any] | None = None,
) -> Batch:
    """Begin a batch inside the caller's transaction; AlreadyDone when its key has been used.

    A twin that is still at work holds the key: the insert waits for its commit. Refused when the
    key served something else.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            return Batch.objects.create(
                kind=kind,
                by=actor,
                customer=customer,
                key=key or new_key(),
                state=BatchState.RUNNING,
                total=total,
                request=request or {},
                started_at=now,
                heartbeat_at=now,
            )
    except IntegrityError:
        twin = find_batch(kind, actor=actor, customer=customer, key=key)
        if twin is None:
            raise Refused(_("This form is no longer valid. Load the page again.")) from None
        raise AlreadyDone(twin) from None


def find_batch(
    kind: BatchKind, *, actor: "User | None", customer: Customer, key: str
) -> Batch | None:
    """What a form with this key has done before."""
    if not key:
        return None
    return Batch.objects.filter(key=key, by=actor, customer=customer, kind=kind).first()


def item(
    batch: Batch,
    user: "User",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
) -> BatchItem:
    return BatchItem(
        batch=batch,
        user=user,
        before=before or {},
        after=after or {},
        outcome=outcome,
        reason=reason,
    )


def close_batch(batch: Batch, items: Iterable[BatchItem]) -> Batch:
    """Write the items and the counts that follow from them."""
    rows: Sequence[BatchItem] = list(items)
    bulk.insert(BatchItem, rows)
    batch.total = len(rows) or batch.total
    batch.failed = sum(row.outcome in (Outcome.FAILED, Outcome.SKIPPED) for row in rows)
    batch.done = len(rows) - batch.failed
    batch.state = BatchState.DONE
    batch.finished_at = timezone.now()
    batch.save(update_fields=["total", "done", "failed", "state", "finished_at", "request"])
    return batch
