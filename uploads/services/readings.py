"""What is kept of how a file was read, and another reading of it, while it can be chosen."""

from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache

from customers.said import gettext as _
from customers.services.transactions import transactional

from ..columns.matching import Known, match
from ..columns.parts import PASSWORD, column_of_field, field_of
from ..models import Upload, UploadState
from ..reading import ChoiceShown, Reading
from ..sealed_files import unsealed
from ..spreadsheets import (
    CODE_PAGES,
    Answers,
    Table,
    Unclear,
    passwords_of,
    without_passwords,
)
from .options import Assigning, Options

# So long a worker finds that it is to stop.
_STOP_SECONDS = 60 * 60
_NAMES = {"display_name", "first_name", "last_name"}


def put_table(reading: Reading, table: Table) -> None:
    """Put on the reading what the confirmation page says of a table whose rows have been walked."""
    has_former = reading.before is not None
    reading.former_sheet = reading.sheet or "" if has_former else ""
    reading.former_code_page = reading.code_page if has_former else ""
    reading.before = None
    reading.described = table.described()
    reading.notes = [*table.notes, *table.found.notes()]
    reading.sheet, reading.sheets = table.sheet, list(table.sheets)
    reading.hides_passwords = table.found.hides_passwords
    reading.hidden_rows = table.found.hidden_rows
    reading.hidden_columns = len(table.found.hidden_columns)
    reading.code_page = table.encoding if table.encoding in CODE_PAGES else ""


def put_columns(
    upload: Upload, headings: Sequence[str], samples: Sequence[Sequence[str]], *, sheet: str
) -> bool:
    """Put on the upload the column of each heading; return whether these are enough.

    What was chosen for this sheet goes first; `samples` are its first rows. The caller saves it.
    """
    # Of a file without headings nothing is remembered.
    reading = upload.reading
    has_headings = reading.answers.headings != "no"
    remembered = upload.customer.column_mappings.values_list("header", "column")
    known = Known(
        dict(remembered) if has_headings else {},
        samples,
        set(upload.customer.domains.values_list("name", flat=True)),
    )
    matched = match(headings, known)
    chosen = reading.chosen_by_sheet.get(sheet, ())
    if len(chosen) == len(headings):
        matched = matched.chosen(chosen)
    names = matched.names()
    reading.headings, reading.columns = list(headings), [field_of(name) for name in names]
    reading.unknown, reading.secret = list(matched.unknown), list(matched.secret)
    reading.export, reading.decided = matched.export, list(matched.decided)
    reading.proposed = sorted(matched.proposed)
    options = Options.from_json(upload.options)
    # What was answered before was of another reading.
    facts = options.changed(names_nobody=not _NAMES & set(names), assigning=Assigning.UNDECIDED)
    upload.options = facts.as_json()
    return matched.is_enough


def names_of(upload: Upload) -> list[str]:
    """Return the column of each heading, "" for one that is ignored."""
    return [column_of_field(name) for name in upload.reading.columns]


def secret_places(upload: Upload) -> set[int]:
    """Return the places of the cells with passwords, which are not kept."""
    return {at for at, name in enumerate(upload.reading.columns) if name == PASSWORD}


def choices_of(upload: Upload, unclear: Unclear) -> list[ChoiceShown]:
    """Return what can be answered, each with rows read so; no password is among them.

    FileRefused where looking for these takes too long.
    """
    secret: set[str] = set()
    if unclear.question == "encoding":
        with unsealed(upload.file) as file:
            secret = passwords_of(file, unclear.choices, seconds=settings.UPLOAD_SECONDS)
    return [
        {
            "value": choice.value,
            "label": str(choice.label),
            "sample": [list(row) for row in without_passwords(choice, secret)],
        }
        for choice in unclear.choices
    ]


def has_others(upload: Upload) -> bool:
    """Whether the file could be read in another way: then it is kept until Confirm."""
    reading = upload.reading
    is_hiding = bool(reading.hidden_rows or reading.hidden_columns)
    return bool(reading.code_page or is_hiding or reading.sheets or reading.answers.hidden)


def has_to_be_read(upload: Upload) -> bool:
    """Whether the rows are still to come from the file; else they are only checked again."""
    return bool(upload.file) and not upload.reading.is_read


def begin_again(upload: Upload, answers: Answers) -> None:
    """Let the file be read in another way. The caller saves the upload."""
    reading = upload.reading
    reading.before, reading.answers = reading.answers, answers
    reading.is_read = False
    upload.refusal = ""


def go_back(upload: Upload, why: str) -> bool:
    """Return to the former reading, whose rows are there, where another one is not possible."""
    reading = upload.reading
    if upload.state != UploadState.WAITING or reading.before is None:
        return False
    reading.answers, reading.before, reading.is_read = reading.before, None, True
    upload.state, upload.refusal = UploadState.CHECKED, why
    upload.save(update_fields=["reading", "state", "refusal", "refusal_said"])
    return True


def take_waiting(upload_id: int) -> Upload | None:
    """Lock and return the upload if it still waits: with what was read its lock has gone, too."""
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    return waiting.select_for_update(no_key=True).first()


def ask(upload_id: int, unclear: Unclear) -> None:
    """Let the upload wait for an answer, unless it was canceled while it was read."""
    upload = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).first()
    if upload is not None:
        # They are looked for in the file, which may take a while: nothing is locked by then.
        _keep_question(upload_id, unclear.question, choices_of(upload, unclear))


@transactional
def _keep_question(upload_id: int, question: str, choices: list[ChoiceShown]) -> None:
    upload = take_waiting(upload_id)
    if upload is None:
        return
    upload.reading.question, upload.reading.choices = question, choices
    upload.state = UploadState.ASKING
    upload.save(update_fields=["state", "reading"])


class WorkStopped(Exception):
    """A user has stopped the repair that a worker is at, or cancels the upload."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload = upload


def ask_to_stop(upload: Upload) -> None:
    """Ask the worker to stop who may be at this upload: it can't see what others write on the row.

    A cache that is away forgets it: then the work is done, as if nobody had asked.
    """
    cache.set(_stop_key(upload), 1, _STOP_SECONDS)


def check_not_stopped(upload: Upload) -> None:
    if cache.get(_stop_key(upload)):
        raise WorkStopped(upload)


@transactional
def leave_repair(upload: Upload) -> None:
    """Lead the upload back to its page, with the rows as they were before the repair.

    Nothing is done where a worker holds it, or where it is over.
    """
    waiting = Upload.objects.filter(
        pk=upload.pk, state=UploadState.WAITING, waiting_since=upload.waiting_since
    )
    fresh = waiting.select_for_update(skip_locked=True, no_key=True).first()
    if fresh is None or fresh.reading.repair is None:
        return
    fresh.reading.repair = fresh.reading.repaired = None
    fresh.refusal = _("The repair was stopped. It changed no row; earlier repairs stay.")
    fresh.state = UploadState.CHECKED
    fresh.save(update_fields=["state", "reading", "refusal", "refusal_said"])


def _stop_key(upload: Upload) -> str:
    """Return a key of this reading or repair, and not of the next one of the same upload."""
    return f"upload-stop-{upload.pk}-{upload.begun}"
