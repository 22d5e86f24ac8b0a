"""Confirm: what was checked is left to a worker, which writes all of it or nothing."""

import hashlib
import json

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.queue import send_batch
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchKind, BatchState
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.errors import SeatsShort

from ..models import OPEN_STATES, Upload, UploadState
from .checking import drop_file
from .options import Short
from .permissions import check_licenses
from .queue import send_upload
from .receiving import lock_open, require_state
from .tally import UploadCounts, missing_seats
from .world import World


def fingerprint(upload: Upload) -> str:
    """Return a fingerprint of what the confirmation page shows: another one is another page."""
    shown = {
        "counts": upload.counts,
        "options": {**upload.options, "short": ""},
        "version": upload.reading.version,
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


@transactional
def confirm_upload(
    upload: Upload, *, short: Short, seen: str, actor: User, reason: str = ""
) -> Batch:
    """Leave to a worker what the page showed, whose fingerprint is `seen`.

    Both `upload` as the caller has it and its row as it is now must have this fingerprint: by the
    rows it was decided whether to ask for a proof, and a worker or another tab may have put others
    there meanwhile.

    Raise AlreadyDone when it was confirmed before, SeatsShort unless `short` says what to do
    then, Refused when the rows are not what the page showed or there is nothing to do.
    """
    if upload.state in OPEN_STATES:
        check_seen(upload, seen)
    fresh = lock_open(upload, actor=actor, states=list(UploadState))
    if fresh.batch is not None and fresh.state not in OPEN_STATES:
        raise AlreadyDone(fresh.batch)
    check_seen(fresh, seen)
    check_licenses(fresh, actor)
    tally = UploadCounts.from_json(fresh.counts)
    if not tally.acts:
        raise Refused(_("Nothing to do: no row adds or changes a user."), code="nothing-to-do")
    world = World.of(fresh.customer, actor)
    if short == Short.STOP and (missing := missing_seats(tally, world.free())):
        raise SeatsShort(missing, {pk: world.subscriptions[pk].subscription for pk in missing})
    batch = batches.leave_batch(
        BatchKind.UPLOAD,
        [],
        actor=actor,
        customer=fresh.customer,
        request={"upload": fresh.pk},
        reason=reason,
    )
    Batch.objects.filter(pk=batch.pk).update(total=tally.acts)
    # From now on the rows can't be changed any more, until the batch has failed.
    fresh.batch, fresh.state, fresh.confirmed_at = batch, UploadState.CONFIRMED, timezone.now()
    fresh.cancel_asked, fresh.refusal = False, ""
    fresh.reading.forget_quotes()
    fresh.options["short"] = short.value
    drop_file(fresh)
    fields = ["batch", "state", "confirmed_at", "cancel_asked", "options", "reading"]
    fields += ["refusal", "refusal_said"]
    fresh.save(update_fields=[*fields, "file"])
    transaction.on_commit(lambda: send_batch(batch.pk))
    return batch


def check_seen(upload: Upload, seen: str) -> None:
    """Raise Refused unless the rows are still those of the page with this fingerprint."""
    require_state(upload, [UploadState.CHECKED])
    if fingerprint(upload) != seen:
        raise Refused(
            _("The rows have changed since this page was shown. Check them again."),
            code="rows-changed-meanwhile",
        )


def reopen_upload(batch_id: int, why: str = "") -> None:
    """Let the upload of a batch that could not be done, and did nothing, be confirmed anew.

    Its rows are checked again for what stood in the way. "" means that a user canceled it: then
    there is nothing to check. Call it inside the transaction that ends the batch.
    """
    upload = Upload.objects.filter(batch=batch_id, state=UploadState.CONFIRMED).first()
    if upload is None:
        return
    upload.refusal, upload.state = why or canceled_text(), UploadState.CHECKED
    upload.cancel_asked = False
    changed = upload.wait() if why else ("state",)
    upload.save(update_fields=["refusal", "refusal_said", "cancel_asked", *changed])
    if why:
        pk = upload.pk
        transaction.on_commit(lambda: send_upload(pk))


def canceled_text() -> str:
    return _("Canceled. Nothing was saved.")


def stop_upload(upload: Upload, *, actor: User, begun: str = "") -> None:
    """Cancel what was confirmed and is not committed: the worker looks for it between chunks.

    The page has shown the batch that was `begun`, by its id; "" is whichever there is. Refused when
    it is over: then there is Undo, or the upload is open again.
    """
    fresh = check_actor(actor, Capability.MANAGE_USERS, customer=upload.customer)
    batch = upload.batch
    if upload.state in OPEN_STATES or (begun and batch is not None and str(batch.pk) != begun):
        raise Refused(
            _("It was already canceled. The upload is still open."), code="upload-open-again"
        )
    if batch is None or upload.state != UploadState.CONFIRMED:
        raise Refused(_("It is already done and can be undone."), code="done-already")
    # Not on a locked row: the worker must see it.
    shown = Upload.objects.filter(pk=upload.pk, state=UploadState.CONFIRMED, batch=batch)
    shown.update(cancel_asked=True)
    if batch.state == BatchState.WAITING:
        _cancel_waiting(batch, fresh)


@transactional
def _cancel_waiting(batch: Batch, actor: User) -> None:
    locked = batches.take_batch(batch.pk)
    if locked is None:
        # A worker has begun, and will see the flag.
        return
    batches.cancel_batch(batch.pk, actor=actor)
    reopen_upload(batch.pk)
