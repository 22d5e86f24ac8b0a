"""The record of an action on any number of users, begun first in every transaction.

One that takes long is left waiting, with its users frozen, for a task to take it. Until that
task commits, it waits: a worker that dies leaves nothing behind but a batch that still waits.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from ..errors import AlreadyDone, Refused
from ..models import Batch, BatchItem, BatchKind, BatchState, Customer, Outcome, Via
from ..narrowing import narrowing_of
from ..query_params import is_key
from ..said import Words, columns_of, cut, words_beside
from ..said import gettext as _
from . import bulk
from .messages import Answer, Query, Statement, insertion, send
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User

REASON_LENGTH = 255

# Called with a batch that is closed, in its transaction, while its users are locked.
Act = Callable[[Batch], None]


@dataclass(frozen=True, slots=True)
class AtClose:
    """What else is to be done where a batch of one of these kinds ends.

    `asks` is sent with the customer's id: where it finds a row, `act` is called.
    """

    kinds: frozenset[BatchKind]
    asks: Query
    act: Act


_at_close: list[AtClose] = []


def at_close(more: AtClose) -> None:
    """Have this done at the close of every batch; what it writes becomes true with the batch."""
    if more not in _at_close:
        _at_close.append(more)


def asked_at_close(kind: str) -> list[AtClose]:
    """Return what is to be asked before a batch of this kind ends, in this order."""
    return [more for more in _at_close if kind in more.kinds]


def acts_at_close(batch: Batch) -> list[Act]:
    """Return what is to be done once the batch is closed."""
    asked = asked_at_close(batch.kind)
    answers = send(*(more.asks(batch.customer_id) for more in asked))
    return [more.act for more, answer in zip(asked, answers, strict=True) if answer.rows]


def new_key() -> str:
    """Return a new key for a form, by which a second click, or Back, finds the first one's work."""
    return secrets.token_urlsafe(16)


def open_batch(
    kind: BatchKind,
    *,
    actor: "User | None",
    customer: Customer,
    key: str = "",
    request: dict[str, Any] | None = None,
    reason: str = "",
    via: Via | None = None,
) -> Batch:
    """Begin a new batch inside the caller's transaction. Raise AlreadyDone for a used key.

    Its `reason` stands in all events of the log that are written for it.

    A twin that is still at work holds the key: the insert waits for its commit. Raise Refused when
    the key served something else.
    """
    new = _new(kind, actor, customer, key, request, reason)
    new.via = via or new.via
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
    """Return a batch of one user, and the statement to send first of all, before `opened`.

    It is written as done: nobody sees it before that is true.
    """
    new = _new(kind, actor, customer, key, None, reason)
    new.state, new.total, new.done = BatchState.DONE, 1, 1
    new.started_at = new.finished_at = timezone.now()
    return new, insertion(new, unless=True)


def leave_batch(  # noqa: PLR0913
    kind: BatchKind,
    users: Sequence[int],
    *,
    actor: "User",
    customer: Customer,
    key: str = "",
    request: dict[str, Any] | None = None,
    reason: str = "",
    undo_of: Batch | None = None,
    via: Via | None = None,
) -> Batch:
    """Leave a batch waiting for a task, for these users and no others. Raise as open_batch does.

    `via` is the door, where it is neither a page nor a token's.
    """
    new = _new(kind, actor, customer, key, request, reason)
    new.via = via or new.via
    new.users, new.total, new.undo_of = list(users), len(users), undo_of
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
    new.request, new.reason = request or {}, cut(reason, REASON_LENGTH)
    if (narrowing := narrowing_of(actor.pk if actor else None)) is not None:
        new.via, new.token_id = narrowing.via, narrowing.token
    return new


def _create(new: Batch) -> Batch:
    return opened(new, *send(insertion(new, unless=True)))


def opened(new: Batch, answer: Answer) -> Batch:
    """Return the batch that was written. Raise as open_batch does where it was not."""
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


def canceled_by(actor: "User") -> str:
    return _("Canceled by %(name)s.") % {"name": actor.display_name}


def not_valid() -> str:
    return _("This form is no longer valid. Load the page again.")


def take_batch(pk: int) -> Batch | None:
    """Lock and return a batch that waits, or None when it is done, or a worker is at it."""
    waiting = Batch.objects.filter(pk=pk, state=BatchState.WAITING)
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return locked.select_related("by", "customer__partner").first()


@transactional
def refuse_batch(pk: int, why: str) -> Batch | None:
    """End a waiting batch as failed: the rules did not allow it, and nothing was changed.

    What it was to undo can then be undone by another one. Return the batch, or None where it waits
    no more, or a worker is at it.
    """
    batch = take_batch(pk)
    if batch is not None:
        _end(batch, BatchState.FAILED, why)
    return batch


@transactional
def cancel_batch(pk: int, *, actor: "User") -> Batch:
    """Cancel a batch that waits, and return it. Raise Refused when it has begun, or is over."""
    batch = take_batch(pk)
    if batch is None:
        raise Refused(
            _("It has already begun and can no longer be canceled."), code="begun-already"
        )
    _end(batch, BatchState.CANCELED, canceled_by(actor))
    return batch


def _end(batch: Batch, state: BatchState, why: str) -> None:
    """End a batch without anything done, and forget the names that were chosen for its users."""
    batch.state, batch.refusal, batch.finished_at = state, why, timezone.now()
    batch.users, batch.undo_of = [], None
    batch.request.pop("names", None)
    batch.save(
        update_fields=[
            *("state", "refusal", "refusal_said", "finished_at", "users", "undo_of", "request")
        ]
    )


def find_batch(
    kind: BatchKind, *, actor: "User | None", customer: Customer, key: str
) -> Batch | None:
    """Return the batch that a form with this key has opened before."""
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
    _count(batch, Counter(row.outcome for row in rows))
    return finish_batch(batch)


def count_again(batch: Batch) -> None:
    """Count the items that a batch, which stays open, has by now."""
    batch.done = batch.failed = batch.already = 0
    found = batch.items.order_by().values_list("outcome").annotate(number=Count("pk"))
    _count(batch, dict(found))


def _count(batch: Batch, outcomes: Mapping[str, int]) -> None:
    for outcome, number in outcomes.items():
        if outcome in (Outcome.FAILED, Outcome.SKIPPED):
            batch.failed += number
        elif outcome == Outcome.ALREADY:
            batch.already += number
        else:
            batch.done += number


@dataclass(frozen=True, slots=True)
class Alike:
    """The same outcome of an action for many users; `users` are their ids."""

    users: Sequence[int]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE
    reason: str = ""


def close_batch_alike(
    batch: Batch, groups: Iterable[Alike], *, acts: Sequence[Act] | None = None
) -> Batch:
    """Write items in groups by one statement, and close the batch; `acts` as finish_batch has
    them.
    """
    write_items(batch, groups)
    return finish_batch(batch, acts=acts)


def write_items(batch: Batch, groups: Iterable[Alike]) -> None:
    """Write items of a batch that stays open and counts them, by one statement for all groups."""
    rows: list[bulk.Group] = []
    for group in groups:
        common = {name: getattr(group, name) for name in ("before", "after", "outcome")}
        common |= columns_of("reason", group.reason)
        rows.append((common, {"user_id": group.users}))
        _count(batch, {group.outcome: len(group.users)})
    bulk.insert_groups(BatchItem, {"batch_id": batch.pk}, rows)


def finish_batch(batch: Batch, *, acts: Sequence[Act] | None = None) -> Batch:
    """Close a batch by the items that were written, and do what else is to be done then.

    Whoever has more to write first, which that must see, gives `acts` (acts_at_close) as () here,
    and calls them afterwards.
    """
    batch.total = batch.done + batch.failed + batch.already or batch.total
    batch.state, batch.users = BatchState.DONE, []
    batch.finished_at = timezone.now()
    batch.save(
        update_fields=[
            *("total", "done", "failed", "already", "state", "finished_at", "request", "users")
        ]
    )
    for act in acts_at_close(batch) if acts is None else acts:
        act(batch)
    return batch


def leave_alone(batch: Batch, left: Sequence[tuple[int, Outcome, str]]) -> None:
    """Add to a batch just closed the users who were left out, each with the reason."""
    if not left:
        return
    users, outcomes, reasons = zip(*left, strict=True)
    each: dict[str, Sequence[Any]] = {"user_id": users, "outcome": outcomes, "reason": reasons}
    words = _words_once(reasons)
    if any(words):
        each["reason_said"] = words
    bulk.insert_alike(BatchItem, {"batch_id": batch.pk}, each)
    batch.total += len(left)
    _count(batch, Counter(outcomes))
    batch.save(update_fields=["total", "failed", "already"])


def _words_once(reasons: Sequence[str]) -> list[Words | None]:
    """Return the words of each; of the many who share a reason they are made once."""
    made: dict[str, Words | None] = {}
    for reason in reasons:
        if made.get(reason) is None:
            made[reason] = words_beside(reason)
    return [made[reason] for reason in reasons]
