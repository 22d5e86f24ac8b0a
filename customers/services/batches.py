"""The record of an action on any number of people, begun first in every transaction.

One that takes long is left waiting, with its people frozen, for a task to take it. Until that
task commits, it waits: a worker that dies leaves nothing behind but a batch that still waits.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import AlreadyDone, Refused
from ..models import Batch, BatchItem, BatchKind, BatchState, Customer, Outcome
from ..query_params import is_key
from . import bulk
from .messages import Answer, Statement, insertion, send
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User

REASON_LENGTH = 255


def new_key() -> str:
    """What a form carries so that a second click, or Back, finds the first one's work."""
    return secrets.token_urlsafe(16)


def open_batch(
    kind: BatchKind,
    *,
    actor: "User | None",
    customer: Customer,
    key: str = "",
    request: dict[str, Any] | None = None,
    reason: str = "",
) -> Batch:
    """Begin a new batch inside the caller's transaction; AlreadyDone when its key has been used.

    Its `reason` stands in all events of the log that are written for it.

    A twin that is still at work holds the key: the insert waits for its commit. Refused when the
    key served something else.
    """
    new = _new(kind, actor, customer, key, request, reason)
    new.state, new.started_at = BatchState.RUNNING, timezone.now()
    return _create(new)


def start_batch(batch: Batch) -> Batch:
    """Begin a batch that waited, and whose row the caller has locked (`take_batch`)."""
    batch.state, batch.started_at = BatchState.RUNNING, timezone.now()
    batch.save(update_fields=["state", "started_at"])
    return batch


def batch_of_one(
    kind: BatchKind, *, actor: "User", customer: Customer, key: str, reason: str
) -> tuple[Batch, Statement]:
    """A batch for one person, and what is to be sent first of all, before `opened`.

    It is written as done: nobody sees it before that is true.
    """
    new = _new(kind, actor, customer, key, None, reason)
    new.state, new.total, new.done = BatchState.DONE, 1, 1
    new.started_at = new.finished_at = timezone.now()
    return new, insertion(new, unless=True)


def leave_batch(  # noqa: PLR0913
    kind: BatchKind,
    people: Sequence[int],
    *,
    actor: "User",
    customer: Customer,
    key: str = "",
    request: dict[str, Any] | None = None,
    reason: str = "",
    undo_of: Batch | None = None,
) -> Batch:
    """A batch that waits for a task, on these people and no others. Raises as open_batch does."""
    new = _new(kind, actor, customer, key, request, reason)
    new.people, new.total, new.undo_of = list(people), len(people), undo_of
    return _create(new)


def _new(
    kind: BatchKind,
    actor: "User | None",
    customer: Customer,
    key: str,
    request: dict[str, Any] | None,
    reason: str,
) -> Batch:
    new = Batch(kind=kind, by=actor, customer=customer, key=key or new_key())
    check_key(new.key)
    new.request, new.reason = request or {}, reason[:REASON_LENGTH]
    return new


def _create(new: Batch) -> Batch:
    return opened(new, *send(insertion(new, unless=True)))


def opened(new: Batch, answer: Answer) -> Batch:
    """The batch as it was written; AlreadyDone or Refused, as open_batch says, where it was not."""
    if answer.key is None:
        kind, customer = BatchKind(new.kind), new.customer
        twin = find_batch(kind, actor=new.by, customer=customer, key=new.key)
        if twin is None:
            raise Refused(not_valid(), code="malformed")
        raise AlreadyDone(twin)
    new.pk, new._state.adding, new._state.db = answer.key, False, connection.alias
    return new


def check_key(key: str) -> None:
    """Raise Refused for what none of our forms has carried, before the database sees it."""
    if not is_key(key):
        raise Refused(not_valid(), code="malformed")


def not_valid() -> str:
    return _("This form is no longer valid. Load the page again.")


def take_batch(pk: int) -> Batch | None:
    """Lock a batch that waits; None when it is done, or somebody is at work on it."""
    waiting = Batch.objects.filter(pk=pk, state=BatchState.WAITING)
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return locked.select_related("by", "customer__partner").first()


@transactional
def refuse_batch(pk: int, why: str) -> Batch | None:
    """The rules did not allow what a waiting batch was to do: nothing was changed.

    What an undo was of can be undone by another one then. Return the batch; None where it waits no
    more, or somebody is at work on it.
    """
    batch = take_batch(pk)
    if batch is not None:
        _end(batch, BatchState.FAILED, why)
    return batch


@transactional
def cancel_batch(pk: int, *, actor: "User") -> None:
    """A batch that waits will not be done. Refused when it has begun, or is over."""
    batch = take_batch(pk)
    if batch is None:
        raise Refused(
            _("It has begun already, and can't be canceled any more."), code="begun-already"
        )
    _end(batch, BatchState.CANCELED, _("Canceled by %(name)s.") % {"name": actor.display_name})


def _end(batch: Batch, state: BatchState, why: str) -> None:
    """Without anything done. Names that were chosen for people are theirs: they go."""
    batch.state, batch.refusal, batch.finished_at = state, why, timezone.now()
    batch.people, batch.undo_of = [], None
    batch.request.pop("names", None)
    batch.save(update_fields=["state", "refusal", "finished_at", "people", "undo_of", "request"])


def find_batch(
    kind: BatchKind, *, actor: "User | None", customer: Customer, key: str
) -> Batch | None:
    """What a form with this key has done before."""
    if not is_key(key):
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
    batch.failed = sum(row.outcome in (Outcome.FAILED, Outcome.SKIPPED) for row in rows)
    batch.done = len(rows) - batch.failed
    return finish_batch(batch)


@dataclass(frozen=True, slots=True)
class Alike:
    """The same thing that came of an action for many; `people` are their ids."""

    people: Sequence[int]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE
    reason: str = ""


def close_batch_alike(batch: Batch, groups: Iterable[Alike]) -> Batch:
    """As close_batch, with one statement for all groups."""
    write_items(batch, groups)
    return finish_batch(batch)


def write_items(batch: Batch, groups: Iterable[Alike]) -> None:
    """Items of a batch that stays open, which counts them; one statement for all groups."""
    rows: list[bulk.Group] = []
    for group in groups:
        common = {name: getattr(group, name) for name in ("before", "after", "outcome", "reason")}
        rows.append((common, {"user_id": group.people}))
        if group.outcome in (Outcome.FAILED, Outcome.SKIPPED):
            batch.failed += len(group.people)
        else:
            batch.done += len(group.people)
    bulk.insert_groups(BatchItem, {"batch_id": batch.pk}, rows)


def finish_batch(batch: Batch) -> Batch:
    """Close a batch by the items that were written."""
    batch.total = batch.done + batch.failed or batch.total
    batch.state, batch.people = BatchState.DONE, []
    batch.finished_at = timezone.now()
    batch.save(
        update_fields=["total", "done", "failed", "state", "finished_at", "request", "people"]
    )
    return batch


def leave_alone(batch: Batch, left: Sequence[tuple[int, Outcome, str]]) -> None:
    """Further people of a batch that has just been closed: to whom it was not done, with why."""
    if not left:
        return
    people, outcomes, reasons = zip(*left, strict=True)
    each = {"user_id": people, "outcome": outcomes, "reason": reasons}
    bulk.insert_alike(BatchItem, {"batch_id": batch.pk}, each)
    batch.total += len(left)
    batch.failed += len(left)
    batch.save(update_fields=["total", "failed"])
