"""Running actions on the selected users: at once where they are few, else by a task.

The batch is the record. A lost task is sent again, a killed worker has written nothing, and two
workers never share a batch: who has its row locked works on it.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone

from customers import progress
from customers.errors import Refused, told_to_others
from customers.models import Batch, BatchKind, BatchState, Customer, Via
from customers.narrowing import kept_narrowing, narrowed_to
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..actions.base import Order, Request
from ..actions.registry import action_of
from ..models import User
from ..signin.zones import home_zone
from .queue import send_batch
from .searching import tidy_search
from .undo import run_undo
from .undo.undoing import nobody_asks

logger = structlog.get_logger(__name__)

WENT_WRONG = gettext_lazy("Something went wrong in the portal. Nothing was changed.")
ASKER_WORDS = {
    "role-lacks-it": gettext_lazy(
        "The role of the user who asked for this can no longer do it. Nothing was changed."
    ),
    "customer-not-open": gettext_lazy(
        "This customer is no longer open to the user who asked for this. Nothing was changed."
    ),
    "actor-gone": gettext_lazy(
        "The user who asked for this has been blocked or deleted. Nothing was changed."
    ),
}

# Called with a batch that waited and is over: done, refused or canceled, as its state says; in the
# transaction that ends it, so that what is told of it is true.
AtEnd = Callable[[Batch], None]

_at_end: list[AtEnd] = []


def at_end_of_batch(act: AtEnd) -> None:
    """Have this called at the end of each batch that waited; an app above says so when ready."""
    if act not in _at_end:
        _at_end.append(act)


def perform(
    kind: BatchKind,
    users: Sequence[int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    request: Request | None = None,
) -> Batch:
    """Do the action and return its batch; or leave it to a task, for more users than a page waits
    for.

    Raises what the action raises. A task's refusal ends its batch, with the reason in it.
    """
    request, action = request or {}, action_of(kind)
    if len(users) <= min(settings.PEOPLE_AT_ONCE, action.at_once or len(users)):
        return action.run(Order(users, request, customer, actor, key))
    return _leave(kind, users, customer=customer, actor=actor, key=key, request=request)


@transactional
def _leave(
    kind: BatchKind,
    users: Sequence[int],
    *,
    customer: Customer,
    actor: User,
    key: str,
    request: Request,
) -> Batch:
    check_actor(actor, action_of(kind).capability, customer=customer)
    batch = batches.leave_batch(
        kind,
        users,
        actor=actor,
        customer=customer,
        key=key,
        request=dict(request),
        reason=str(request.get("reason", "")),
    )
    transaction.on_commit(lambda: send_batch(batch.pk))
    return batch


def run_batch(batch_id: int) -> bool:
    """Do what the batch waits for; False when there is nothing to do, or nothing could be done."""
    try:
        # On SQLite all other writers wait for the transaction's end.
        return _run(batch_id, None) if connection.vendor == "postgresql" else _run_made(batch_id)
    except Refused as refused:
        _refuse(batch_id, str(refused))
    except Error:
        # The database is away or restarts: the batch waits on, and beat sends it again.
        raise
    except Exception:
        _refuse(batch_id, str(WENT_WRONG))
        logger.exception("batch_failed", batch=batch_id)
        raise
    return False


@transactional
def _refuse(batch_id: int, why: str) -> None:
    batch = batches.refuse_batch(batch_id, why)
    if batch is not None:
        action_of(batch.kind).not_done(batch, why)
        _end(batch)


def _end(batch: Batch) -> None:
    for act in _at_end:
        act(batch)


def _run_made(batch_id: int) -> bool:
    """Let the action make what it can before the transaction that it is run in."""
    waiting = Batch.objects.filter(pk=batch_id, state=BatchState.WAITING, undo_of=None)
    batch = waiting.exclude(by=None).select_related("by", "customer__partner").first()
    if batch is None:
        return _run(batch_id, None)
    action = action_of(batch.kind)
    with progress.watching(batch_id, action.work(batch)):
        return _run(batch_id, action.ahead(batch))


@transactional
def _run(batch_id: int, made: Any) -> bool:
    batch = batches.take_batch(batch_id)
    if batch is None:
        return False
    if batch.by is None:
        raise Refused(nobody_asks(), code="asker-gone")
    action = action_of(batch.kind)
    rights, words = _rights_of(batch, batch.by), _words_for(batch, batch.by)
    with rights, words, progress.watching(batch_id, action.work(batch)):
        if batch.undo_of_id:
            run_undo(batch)
        else:
            users = list(batch.users)
            begun = batches.start_batch(batch)
            order = Order(users, batch.request, batch.customer, batch.by, batch=begun, made=made)
            action.run(order)
    _end(batch)
    # The next search need not look through these users; if it fails, beat does it.
    transaction.on_commit(tidy_search, robust=True)
    return True


def _words_for(batch: Batch, actor: User) -> AbstractContextManager[None]:
    """Word a refusal of what was asked for long before for the colleagues who read it."""
    words = ASKER_WORDS if batch.via == Via.SCHEDULE else {}
    return told_to_others(actor.display_name, words)


@contextmanager
def _rights_of(batch: Batch, actor: User) -> Generator[None]:
    """Run it as its actor may, or as the token may by which it came; in the actor's time zone.

    What is told of it is read by the actor. Refused where the token is worth nothing any more.
    """
    with timezone.override(home_zone(actor)):
        if batch.token_id is None:
            yield
            return
        narrowing = kept_narrowing(batch.token_id)
        if narrowing is None:
            raise Refused(
                _("The token by which this was asked for has ended. Nothing was changed."),
                code="token-ended",
            )
        with narrowed_to(narrowing):
            yield


@transactional
def cancel(batch: Batch, *, actor: User) -> None:
    """Cancel a batch that waits, so that nothing of it is done. Refused when it has begun, or is
    over.
    """
    action = action_of(batch.kind)
    check_actor(actor, action.capability, customer=batch.customer)
    canceled = batches.cancel_batch(batch.pk, actor=actor)
    action.not_done(batch, "")
    _end(canceled)


def requeue_batches() -> int:
    """Send the tasks of batches that wait and that nobody seems to work on; return how many."""
    minute_ago = timezone.now() - timedelta(minutes=1)
    waiting = Batch.objects.filter(state=BatchState.WAITING, created_at__lt=minute_ago)
    ids = [pk for pk in waiting.values_list("pk", flat=True) if progress.share_done(pk) is None]
    for pk in ids:
        send_batch(pk)
    return len(ids)
