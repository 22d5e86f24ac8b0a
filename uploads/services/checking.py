"""A worker's part before Confirm: the file is read into rows, and the rows are checked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, cast

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signin.zones import home_zone
from customers import progress
from customers.errors import Refused
from customers.services import bulk
from customers.services.transactions import transactional

from .. import headings
from ..models import Upload, UploadRow, UploadState
from ..spreadsheets import Answers, FileRefused, Row, Table, Unclear, kept, open_table
from .cleaning import Cleaner
from .entries import Verdict
from .matching import Matcher
from .options import Options
from .queue import send_upload
from .rows import (
    CHUNK,
    CHUNK_LENGTH,
    JUDGED,
    FileRow,
    Judged,
    chunks_of,
    confirmed,
    judged,
    put,
    write_lines,
)
from .tally import UploadCounts
from .turns import TRIES, ends_its_workers, next_in_line, turn
from .world import World

logger = structlog.get_logger(__name__)

# Rows of a question on the page.
SAMPLE = 3
# So many rows that have changed are told of one by one.
TOLD = 20


class Unmatched(Exception):
    """The columns of the file are not known well enough; a person can say which they are."""

    def __init__(self, table: Table, matched: headings.Matched) -> None:
        super().__init__("columns")
        self.reading = {
            "described": table.described(),
            "headings": list(table.headings),
            "matched": [matched.columns.get(at, "") for at in range(len(table.headings))],
        }
        self.samples = [list(row.cells) for row in islice(table.rows, SAMPLE)]


def progress_key(upload_id: int) -> str:
    return f"upload-{upload_id}"


def row_limit() -> int:
    """How many rows a file may have; fewer where one writer keeps all others waiting."""
    if connection.vendor == "sqlite":
        return min(settings.UPLOAD_ROWS, settings.SQLITE_UPLOAD_ROWS)
    return settings.UPLOAD_ROWS


def check_upload(upload_id: int) -> bool:
    """Read or check again what is next of the same partner's; False when nothing can be done now.

    That may be another upload: the one asked for waits on then, and is sent again in its turn.
    """
    checked, failure = _check_next(upload_id)
    if checked is None:
        return False
    # Its place is free by now: whoever came too early for it has left the others to us.
    if (following := next_in_line(checked)) is not None:
        send_upload(following)
    if failure is not None:
        raise failure
    return True


Checked = tuple[int | None, Exception | None]


def _check_next(asked: int) -> Checked:
    """The upload whose turn it was, if it was any's, and what went wrong in the portal.

    On SQLite outside of a transaction: no file is read while the one writer is held.
    """
    if connection.vendor == "postgresql":
        return _check_next_locked(asked)
    return _check_in_turn(asked)


def _check_in_turn(asked: int) -> Checked:
    with turn(asked) as pk:
        if pk is None:
            return None, None
        if ends_its_workers(pk):
            _refuse_deadly(pk)
            return pk, None
        is_checked, failure = _with_outcome(pk)
        return (pk if is_checked else None), failure


_check_next_locked = transactional(_check_in_turn)


def _refuse_deadly(upload_id: int) -> None:
    """Out of memory or by a fault of a library: no exception tells of it."""
    text = _(
        "This file could not be read: each try ended the program that reads it. Save it again as"
        " .csv and upload that."
    )
    _end(upload_id, UploadState.REFUSED, refusal=text)
    logger.error("upload_ends_workers", upload=upload_id, tries=TRIES)


def _with_outcome(upload_id: int) -> tuple[bool, Exception | None]:
    """Whether it was still to be checked; a file that can't be is asked about or ends."""
    try:
        return _check(upload_id), None
    except FileRefused as refused:
        _end(upload_id, UploadState.REFUSED, refusal=str(refused))
    except Unclear as unclear:
        _ask(upload_id, unclear.question, _choices(unclear))
    except Unmatched as unmatched:
        _ask(upload_id, "columns", unmatched.samples, unmatched.reading)
    except Refused as refused:
        _end(upload_id, UploadState.REFUSED, refusal=str(refused))
    except (OperationalError, InterfaceError, ConnectionError):
        # Database or storage are away or restart: the upload waits on, and beat sends it again.
        raise
    except (FileNotFoundError, PermissionError) as error:
        # The folder is not the one of the web servers, or the file another system user's.
        text = _(
            "The portal can't read the file that it has kept. Upload it again. If this continues,"
            " contact support."
        )
        _end(upload_id, UploadState.REFUSED, refusal=text)
        logger.error("upload_not_read", upload=upload_id, reason=error.strerror)  # noqa: TRY400
        return True, error
    except Exception as error:
        text = _("Something went wrong in the portal. Nothing was added.")
        _end(upload_id, UploadState.REFUSED, refusal=text)
        logger.exception("upload_failed", upload=upload_id)
        return True, error
    return True, None


def _taken(upload_id: int) -> Upload | None:
    """Locked; None when it is done, or somebody is at work on it."""
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return locked.select_related("customer", "by").first()


def _check(upload_id: int) -> bool:
    """On SQLite the file is read before the transaction, in which others wait for the writer."""
    upload = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).first()
    if upload is None or not upload.file or connection.vendor == "postgresql":
        return _check_locked(upload_id)
    with _opened(upload) as table, kept(table) as whole:
        return _check_locked(upload_id, whole)


@transactional
def _check_locked(upload_id: int, table: Table | None = None) -> bool:
    """`table` is what the file holds, where it was read before."""
    upload = _taken(upload_id)
    if upload is None:
        return False
    if upload.by is None:
        raise Refused(_("The account of the user who uploaded this is gone."), code="asker-gone")
    key, rows = progress_key(upload_id), UploadCounts.from_json(upload.counts).total
    with timezone.override(home_zone(upload.by)), progress.watching(key, 2 * rows or row_limit()):
        if not upload.file:
            _check_again(upload, upload.by)
        elif table is not None:
            _read(upload, table, upload.by)
        else:
            with _opened(upload) as found:
                _read(upload, found, upload.by)
    upload.state = UploadState.CHECKED
    upload.save(update_fields=["state", "refusal", "reading", "counts", "options", "file"])
    return True


@contextmanager
def _opened(upload: Upload) -> Iterator[Table]:
    answers = Answers(**upload.reading.get("answers", {}))
    with (
        upload.file.open("rb") as file,
        open_table(
            cast("BinaryIO", file),
            name=upload.file_name,
            answers=answers,
            row_limit=row_limit(),
            seconds=settings.UPLOAD_SECONDS,
        ) as table,
    ):
        yield table


def _read(upload: Upload, table: Table, actor: User) -> None:
    """All rows from the file, which goes once they are in the database."""
    tally, columns = UploadCounts(), _columns(upload, table)
    upload.reading |= {
        "described": table.described(),
        "headings": list(table.headings),
        "columns": columns,
        "unknown": [
            heading
            for heading, column in zip(table.headings, columns, strict=True)
            if not column and heading.strip()
        ],
    }
    judge = Judge(upload, _options(upload, columns), actor=actor)
    UploadRow.objects.filter(upload=upload).delete()
    for lines in _chunked(map(_line, table.rows)):
        verdicts = judge.verdicts(lines)
        tally.add_verdicts(verdicts)
        write_lines(upload, lines, verdicts)
    if not tally.total:
        raise FileRefused(
            _("The file has no row below its headings. Add a row for each user."), code="file-empty"
        )
    upload.counts = tally.as_json()
    drop_file(upload)


def _columns(upload: Upload, table: Table) -> list[str]:
    """The column of each heading, "" for one that is ignored. Unmatched where it is not enough."""
    remembered = dict(upload.customer.column_mappings.values_list("header", "column"))
    matched = headings.match(table.headings, remembered)
    if headings.missing(matched):
        raise Unmatched(table, matched)
    return [field_of(matched.columns.get(at, "")) for at in range(len(table.headings))]


def field_of(column: str) -> str:
    """A country is a field whose code the export names."""
    return column.removesuffix("__code")


def _options(upload: Upload, columns: Sequence[str]) -> Options:
    named = {"display_name", "first_name", "last_name"} & set(columns)
    found = Options.from_json(upload.options) if upload.options else Options()
    upload.options = found.as_json() | {"names_nobody": not named}
    return Options.from_json(upload.options)


def _line(row: Row) -> FileRow:
    return FileRow(row.number, (*row.cells, "…") if row.beyond else row.cells)


def _chunked(lines: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    chunk, length = list[FileRow](), 0
    for line in lines:
        chunk.append(line)
        length += sum(map(len, line.cells))
        if len(chunk) == CHUNK or length >= CHUNK_LENGTH:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


class Judge:
    """Puts on the rows of an upload, in their order, what becomes of each."""

    def __init__(self, upload: Upload, options: Options, *, actor: User) -> None:
        self.options = options
        self.world = World.of(upload.customer, actor)
        self.cleaner = Cleaner(upload.reading["columns"], self.world)
        self.matcher = Matcher(self.world, options)

    def verdicts(self, rows: Sequence[Judged]) -> list[Verdict]:
        entries = [
            self.cleaner.entry(row.number, row.cells, default=self.options.licenses) for row in rows
        ]
        decisions = {row.number: row.decision for row in rows if row.decision}
        return self.matcher.verdicts(entries, decisions)

    def mark(self, rows: Sequence[UploadRow], tally: UploadCounts) -> None:
        """Write the verdicts on the rows, which the caller saves, and count them."""
        verdicts = self.verdicts(rows)
        tally.add_verdicts(verdicts)
        for row, verdict in zip(rows, verdicts, strict=True):
            put(row, verdict)


def _check_again(upload: Upload, actor: User) -> None:
    """All rows as they would be judged now.

    Where they were confirmed and could not be written, those that are not so any more are told,
    which says more than the refusal.
    """
    judge, tally = Judge(upload, Options.from_json(upload.options), actor=actor), UploadCounts()
    told: list[dict[str, Any]] = []
    count = 0
    for rows in chunks_of(upload):
        before = [(judged(row), confirmed(row)) for row in rows]
        judge.mark(rows, tally)
        progress.advance(len(rows))
        pairs = list(zip(rows, before, strict=True))
        bulk.update([row for row, was in pairs if judged(row) != was[0]], JUDGED)
        differing = [(row, was[1]) for row, was in pairs if confirmed(row) != was[1]]
        count += len(differing)
        told += [_told(row, was[0]) for row, was in differing[: TOLD - len(told)]]
    upload.counts = tally.as_json()
    touch(upload)
    if upload.refusal and count:
        upload.reading |= {"changed": told, "changed_count": count}
        upload.refusal = ""


def _told(row: UploadRow, was: str) -> dict[str, Any]:
    reasons = " ".join(problem["text"] for problem in [*row.problems, *row.notices])
    return {"number": row.number, "was": was, "now": row.outcome, "why": reasons}


def _ask(
    upload_id: int, question: str, choices: Any, reading: Mapping[str, Any] | None = None
) -> None:
    upload = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).first()
    if upload is None:
        return
    upload.reading |= {"question": question, "choices": choices, **(reading or {})}
    upload.state = UploadState.ASKING
    upload.save(update_fields=["state", "reading"])


def _choices(unclear: Unclear) -> list[dict[str, Any]]:
    return [
        {"value": choice.value, "label": str(choice.label), "sample": choice.sample}
        for choice in unclear.choices
    ]


def _end(upload_id: int, state: UploadState, *, refusal: str = "") -> None:
    """Of no use any more: neither its file nor its rows are kept."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is not None:
        end_upload(upload, state, refusal=refusal)


@transactional
def end_upload(upload: Upload, state: UploadState, *, refusal: str = "") -> None:
    drop_file(upload)
    upload.rows.all().delete()
    Upload.objects.filter(pk=upload.pk).update(
        state=state,
        refusal=refusal,
        file="",
        reading=unquoted(upload.reading),
        finished_at=timezone.now(),
    )


def touch(upload: Upload) -> None:
    """The rows are other ones than a page has shown before. The row is the caller's to save."""
    upload.reading["version"] = upload.reading.get("version", 0) + 1


def unquoted(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Without what it quotes of the rows, which is about people."""
    quoting = ("choices", "changed", "changed_count")
    return {name: value for name, value in reading.items() if name not in quoting}


def drop_file(upload: Upload) -> None:
    """With the commit. The row is the caller's to save."""
    storage, name = upload.file.storage, upload.file.name
    upload.file = ""
    if name:
        # What can't be deleted now goes with the strays, and undoes no commit.
        transaction.on_commit(lambda: storage.delete(name), robust=True)
