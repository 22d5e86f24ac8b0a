"""A file comes in, and answers to what it left open."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.columns import COLUMNS
from accounts.models import User
from customers import progress
from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services.batches import check_key, not_valid
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..columns.matching import is_missing
from ..columns.parts import PARTS
from ..models import OPEN_STATES, Upload, UploadState
from ..sealed_files import sealed
from ..spreadsheets import ALL, CODE_PAGES
from .checking import end_upload, progress_key
from .forgetting import remember_columns
from .options import Assigning, Existing, Options
from .queue import send_upload
from .readings import ask_to_stop, begin_again, has_to_be_read, names_of, put_columns

logger = structlog.get_logger(__name__)
_ENCODINGS = {"", ALL, *CODE_PAGES}


def receive_upload(
    file: File[bytes], options: Options, *, customer: Customer, actor: User, key: str
) -> Upload:
    """Keep the file for a worker to read; return the first upload where the key was used before."""
    check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    if file.size > settings.UPLOAD_MB * 2**20:
        raise Refused(too_large(), code="file-too-large", field="file")
    if not file.size:
        raise Refused(_("The file is empty. Choose another one."), code="file-empty", field="file")
    check_key(key)
    twin = Upload.objects.filter(key=key, by=actor, customer=customer).first()
    return twin or _keep(file, options, customer=customer, actor=actor, key=key)


def too_large() -> str:
    return _("The file is larger than %(limit)s MB. Split it, or save it as .xlsx.") % {
        "limit": settings.UPLOAD_MB
    }


def no_room() -> str:
    return _(
        "The portal can't keep the file at the moment. Nothing was changed: try again in a few"
        " minutes."
    )


@transactional
def _keep(
    file: File[bytes], options: Options, *, customer: Customer, actor: User, key: str
) -> Upload:
    upload = Upload(customer=customer, by=actor, key=key, options=options.as_json())
    # What the file is called may say more than should stand on a disk.
    upload.file_name = (file.name or "")[-255:]
    given = Path(upload.file_name).suffix.lower()
    ending = given if given in {".xlsx", ".ods", ".xls"} else ".csv"
    try:
        # Of nothing that was sent: neither the file's name nor the form's key is a path here.
        with sealed(file) as kept:
            upload.file.save(f"{secrets.token_hex(8)}{ending}", kept, save=False)
    except OSError as error:
        # "No space left on device" is another alarm than "Permission denied".
        logger.warning("upload_not_kept", error=type(error).__name__, reason=error.strerror)
        raise Refused(no_room(), code="no-room", field="file") from None
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
    except IntegrityError:
        upload.file.storage.delete(str(upload.file.name))
        twin = Upload.objects.filter(key=key, by=actor, customer=customer).first()
        if twin is None:
            raise Refused(not_valid(), code="malformed") from None
        return twin
    except BaseException:
        upload.file.storage.delete(str(upload.file.name))
        raise
    transaction.on_commit(lambda: send_upload(upload.pk))
    return upload


def lock_open(
    upload: Upload, *, actor: User, states: Sequence[UploadState] = OPEN_STATES
) -> Upload:
    """Return the fresh row, locked; Refused when it can't be changed any more, or not now."""
    check_actor(actor, Capability.MANAGE_USERS, customer=upload.customer)
    if UploadState.WAITING not in states:
        # A worker that is at it holds the row until its end: nobody is kept waiting by that.
        require_state(Upload.objects.only("state").get(pk=upload.pk), states)
    locked = Upload.objects.select_for_update(no_key=True, of=("self",))
    fresh = locked.select_related("customer", "by").get(pk=upload.pk)
    require_state(fresh, states)
    return fresh


def require_state(upload: Upload, states: Sequence[UploadState]) -> None:
    if upload.state in states:
        return
    if upload.state == UploadState.WAITING:
        raise Refused(
            _("The rows are being checked at the moment. Try again when that is done."),
            code="rows-being-checked",
        )
    text = _("This upload is no longer open: %(state)s.")
    raise Refused(text % {"state": upload.get_state_display()}, code="upload-closed")


@transactional
def answer(upload: Upload, answers: Mapping[str, str], *, actor: User) -> None:
    """Say how the file is to be read: its encoding, its separator, or whether it has headings."""
    fresh = lock_open(upload, actor=actor, states=[UploadState.ASKING])
    fresh.reading.answers = replace(fresh.reading.answers, **answers)  # type: ignore[arg-type]
    _read_on(fresh)


@transactional
def map_columns(upload: Upload, columns: Sequence[str], *, actor: User) -> None:
    """Say what each heading means, also for the customer's next file; "" is ignored.

    What differs from how the file was read is remembered. Refused when no column has user names.
    """
    fresh = lock_open(upload, actor=actor, states=[UploadState.ASKING, UploadState.CHECKED])
    reading = fresh.reading
    said = reading.headings
    if len(columns) != len(said) or reading.question not in (None, "columns"):
        raise Refused(
            _("The file has other columns. Load the page again."), code="columns-changed-meanwhile"
        )
    if not {*columns} <= {"", *COLUMNS, *PARTS}:
        raise Refused(_("A chosen column does not exist."), code="choice-wrong", field="columns")
    if is_missing(columns):
        raise Refused(_("Say which column holds the user names."), code="column-unnamed")
    # Another file without headings may have other columns.
    if reading.answers.headings != "no":
        pairs = zip(said, columns, names_of(fresh), strict=True)
        changed = {
            heading: column
            for at, (heading, column, before) in enumerate(pairs)
            # A heading with an address may be the first user of a file that has none.
            if (column != before or at in reading.proposed) and "@" not in heading
        }
        remember_columns(changed, customer=fresh.customer, actor=actor)
    sheet = reading.sheet or ""
    reading.chosen_by_sheet[sheet] = list(columns)
    if not has_to_be_read(fresh):
        put_columns(fresh, said, (), sheet=sheet)
    fresh.refusal = ""
    _read_on(fresh)


def _read_on(upload: Upload) -> None:
    upload.reading.question, upload.reading.choices = None, []
    upload.save(update_fields=["reading", "options", "refusal", "refusal_said", *upload.wait()])
    transaction.on_commit(lambda: send_upload(upload.pk))


@transactional
def read_again(
    upload: Upload, *, sheet: str = "", hidden: bool = False, encoding: str = "", actor: User
) -> None:
    """Read another sheet of the file, or the hidden rows and columns too, or other letters.

    Refused when the file is not there any more, or has no such sheet. The encoding ALL asks which
    of all readings is right.
    """
    fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED, UploadState.ASKING])
    reading = fresh.reading
    if (
        not fresh.file
        or reading.sheet is None
        or (sheet and sheet not in (reading.sheet, *reading.sheets))
        or encoding not in _ENCODINGS
    ):
        raise Refused(
            _("The file can no longer be read in another way. Upload it again."),
            code="reading-gone",
        )
    answers = replace(reading.answers, sheet=sheet or reading.sheet, hidden=hidden)
    if encoding:
        answers = replace(answers, encoding=encoding)
    begin_again(fresh, answers)
    _read_on(fresh)


@transactional
def choose_options(
    upload: Upload,
    *,
    existing: Existing | None = None,
    restores: bool | None = None,
    assigning: Assigning | None = None,
    start: Mapping[str, Any] | None = None,
    actor: User,
) -> None:
    """Choose otherwise for all rows, each of which is checked again; None leaves a choice as it is.

    `start` has the options of the first day by name. As it is by now: two users, or two tabs, lose
    nothing of each other's.
    """
    fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED])
    said = {"existing": existing, "restores": restores, "assigning": assigning}
    chosen = {name: choice for name, choice in said.items() if choice is not None}
    chosen |= start or {}
    fresh.options = Options.from_json(fresh.options).changed(**chosen).as_json()
    fresh.refusal = ""
    notes = fresh.reading.notes
    fresh.reading.forget_quotes()
    fresh.reading.notes = notes
    fresh.save(update_fields=["options", "refusal", "refusal_said", "reading", *fresh.wait()])
    transaction.on_commit(lambda: send_upload(fresh.pk))


@transactional
def cancel_upload(upload: Upload, *, actor: User) -> None:
    """Keep nothing of an upload. Refused once it was confirmed."""
    check_actor(actor, Capability.MANAGE_USERS, customer=upload.customer)
    now = Upload.objects.only("state", "waiting_since").get(pk=upload.pk)
    if now.state == UploadState.WAITING:
        # Or one would wait for the row until the worker has read and judged the whole file.
        ask_to_stop(now)
    fresh = lock_open(upload, actor=actor)
    end_upload(fresh, UploadState.CANCELED)


def requeue_uploads() -> int:
    """Send the tasks of uploads that wait and no worker seems to be at; return how many."""
    minute_ago = timezone.now() - timedelta(minutes=1)
    waiting = Upload.objects.filter(state=UploadState.WAITING, waiting_since__lt=minute_ago)
    ids = [
        pk
        for pk in waiting.values_list("pk", flat=True)
        if progress.share_done(progress_key(pk)) is None
    ]
    for pk in ids:
        send_upload(pk)
    return len(ids)


def expire_uploads() -> int:
    """End uploads not confirmed in time; return how many. Drop what is left of old ones."""
    now = timezone.now()
    stale = Upload.objects.stale(now - timedelta(hours=settings.UPLOAD_HOURS))
    ended = 0
    for upload in stale:
        ended += _expire(upload)
    old = now - timedelta(days=settings.UPLOAD_ROWS_DAYS)
    for upload in Upload.objects.filter(finished_at__lte=old, rows__isnull=False).distinct():
        upload.rows.all().delete()
    return ended


@transactional
def _expire(upload: Upload) -> int:
    open_ones = Upload.objects.filter(pk=upload.pk, state__in=OPEN_STATES)
    locked = open_ones.select_for_update(skip_locked=True, no_key=True).first()
    if locked is None:
        return 0
    end_upload(locked, UploadState.EXPIRED)
    return 1
