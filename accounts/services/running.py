"""Verbs on the chosen people: at once where they are few, else by a task that no page waits for.

The batch is the record. A lost task is sent again, a killed worker has written nothing, and two
workers never share a batch: who has its row locked works on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import progress
from customers.errors import Refused
from customers.models import Batch, BatchKind, BatchState, Customer
from customers.roles import Capability, Role
from customers.services import batches
from customers.services.batches import Key
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import User
from ..zones import home_zone
from .licenses import LicenseChange, change_licenses
from .queue import send_batch
from .returns import Choices
from .searching import tidy_search
from .undo import run_undo
from .uploads import reopen_upload, work_of, write_upload
from .users import (
    allow_users,
    block_users,
    change_users,
    delete_users,
    remove_users,
    reset_passwords,
    restore_users,
)

logger = structlog.get_logger(__name__)

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done to whom: the people by id, and what else was chosen, as JSON has it."""

    people: Sequence[int]
    request: Request
    customer: Customer
    actor: User
    key: Key

    @property
    def reason(self) -> str:
        """For the log, in the words of whoever asked; "" for none."""
        return str(self.request.get("reason", ""))

    @property
    def roles(self) -> tuple[Role, ...] | None:
        values = self.request.get("roles")
        return None if values is None else tuple(Role(value) for value in values)


# A verb returns its batch; all else that it knows stands there.
Verb = Callable[[Deed], Batch]


def _change_licenses(deed: Deed) -> Batch:
    wanted = deed.request["changes"].items()
    return change_licenses(
        deed.people,
        {int(pk): LicenseChange.from_json(change) for pk, change in wanted},
        customer=deed.customer,
        actor=deed.actor,
        key=deed.key,
        as_many_as_fit=deed.request["as_many_as_fit"],
        reason=deed.reason,
    )


def _write_upload(deed: Deed) -> Batch:
    customer, actor = deed.customer, deed.actor
    batch = batches.open_batch(BatchKind.UPLOAD, actor=actor, customer=customer, key=deed.key)
    return write_upload(batch, actor=actor)


VERBS: dict[BatchKind, Verb] = {
    BatchKind.RESET: lambda deed: (
        reset_passwords(
            deed.people,
            customer=deed.customer,
            actor=deed.actor,
            key=deed.key,
            reason=deed.reason,
        ).batch
    ),
    BatchKind.BLOCK: lambda deed: block_users(
        deed.people,
        customer=deed.customer,
        actor=deed.actor,
        key=deed.key,
        reason=deed.reason,
    ),
    BatchKind.ALLOW: lambda deed: allow_users(
        deed.people,
        customer=deed.customer,
        actor=deed.actor,
        key=deed.key,
        reason=deed.reason,
    ),
    BatchKind.DELETE: lambda deed: delete_users(
        deed.people,
        customer=deed.customer,
        actor=deed.actor,
        key=deed.key,
        reason=deed.reason,
    ),
    BatchKind.CHANGE: lambda deed: change_users(
        deed.people,
        customer=deed.customer,
        actor=deed.actor,
        fields=deed.request.get("fields"),
        roles=deed.roles,
        key=deed.key,
        reason=deed.reason,
    ),
    BatchKind.RESTORE: lambda deed: (
        restore_users(
            deed.people,
            customer=deed.customer,
            actor=deed.actor,
            choices=Choices.of_request(deed.request),
            expected=deed.request.get("expected", ""),
            key=deed.key,
            reason=deed.reason,
        ).batch
    ),
    BatchKind.LICENSES: _change_licenses,
    BatchKind.REMOVE: lambda deed: remove_users(
        deed.people,
        customer=deed.customer,
        actor=deed.actor,
        key=deed.key,
        reason=deed.reason,
    ),
    BatchKind.UPLOAD: _write_upload,
}
# Whoever may ask for a batch of this kind may also cancel one that waits.
NEEDS: dict[str, Capability] = {
    BatchKind.CREATE: Capability.MANAGE_USERS,
    BatchKind.CHANGE: Capability.MANAGE_USERS,
    BatchKind.LICENSES: Capability.MANAGE_LICENSES,
    BatchKind.RESET: Capability.RESET_PASSWORDS,
    BatchKind.BLOCK: Capability.MANAGE_USERS,
    BatchKind.ALLOW: Capability.MANAGE_USERS,
    BatchKind.DELETE: Capability.MANAGE_USERS,
    BatchKind.RESTORE: Capability.MANAGE_USERS,
    BatchKind.REMOVE: Capability.DELETE_PERMANENTLY,
    BatchKind.SUBSCRIPTION: Capability.MANAGE_SUBSCRIPTIONS,
    BatchKind.UPLOAD: Capability.MANAGE_USERS,
}
# Rows read and written for each person: the person, an event, its names, an item of the batch.
ROWS = 4


# A short password is hashed slowly, some 30 ms each: a page waits for less than two seconds.
AT_ONCE = {BatchKind.RESET: 50}


def perform(
    kind: BatchKind,
    people: Sequence[int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    request: Request | None = None,
) -> Batch:
    """The batch, done; or, for more people than a page waits for, left to a task.

    Raises what the verb raises. A task's refusal ends its batch, with the reason in it.
    """
    request = request or {}
    if len(people) <= min(settings.PEOPLE_AT_ONCE, AT_ONCE.get(kind, len(people))):
        return VERBS[kind](Deed(people, request, customer, actor, key))
    return _leave(kind, people, customer=customer, actor=actor, key=key, request=request)


@transactional
def _leave(
    kind: BatchKind,
    people: Sequence[int],
    *,
    customer: Customer,
    actor: User,
    key: str,
    request: Request,
) -> Batch:
    check_actor(actor, NEEDS[kind], customer=customer)
    batch = batches.leave_batch(
        kind,
        people,
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
        return _run(batch_id)
    except Refused as refused:
        _refuse(batch_id, str(refused))
    except Error:
        # The database is away or restarts: the batch waits on, and beat sends it again.
        raise
    except Exception:
        _refuse(batch_id, _("Something went wrong in the portal. Nothing was changed."))
        logger.exception("batch_failed", batch=batch_id)
        raise
    return False


@transactional
def _refuse(batch_id: int, why: str) -> None:
    batches.refuse_batch(batch_id, why)
    reopen_upload(batch_id, why)


@transactional
def _run(batch_id: int) -> bool:
    batch = batches.take_batch(batch_id)
    if batch is None:
        return False
    if batch.by is None:
        raise Refused(_("Whoever asked for this has no account any more."), code="asker-gone")
    people = list(batch.people)
    # What is told of it is read by whoever asked.
    with timezone.override(home_zone(batch.by)), progress.watching(batch_id, _work(batch)):
        if batch.undo_of_id:
            run_undo(batch)
        else:
            deed = Deed(people, batch.request, batch.customer, batch.by, batch)
            VERBS[BatchKind(batch.kind)](deed)
    # Whoever searches next need not look through these people; if it fails, beat does it.
    transaction.on_commit(tidy_search, robust=True)
    return True


def _work(batch: Batch) -> int:
    """How many rows are read and written for it."""
    is_upload = batch.kind == BatchKind.UPLOAD and not batch.undo_of_id
    return work_of(batch) if is_upload else ROWS * len(batch.people)


@transactional
def cancel(batch: Batch, *, actor: User) -> None:
    """Nothing of it will be done. Refused when it has begun, or is over."""
    check_actor(actor, NEEDS[batch.kind], customer=batch.customer)
    batches.cancel_batch(batch.pk, actor=actor)
    reopen_upload(batch.pk, "", check_again=False)


def requeue_batches() -> int:
    """Send the tasks of batches that wait and that nobody seems to work on; how many."""
    minute_ago = timezone.now() - timedelta(minutes=1)
    waiting = Batch.objects.filter(state=BatchState.WAITING, created_at__lt=minute_ago)
    ids = [pk for pk in waiting.values_list("pk", flat=True) if progress.share_done(pk) is None]
    for pk in ids:
        send_batch(pk)
    return len(ids)
