"""A worker's part before Confirm: the file is read into rows, and the rows are checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from ..spreadsheets import FileRefused, Row, Table, Unclear, kept, open_table
from .cleaning import Cleaner
from .entries import Verdict
from .matching import Matcher
from .options import Assigning, Options
from .queue import send_upload
from .readings import answers_of, go_back, has_others, has_to_be_read, told
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
    """The columns of the file are not known well enough; a user can say which they are."""

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
    """Return how many rows a file may have: fewer where one writer keeps all others waiting."""
    if connection.vendor == "sqlite":
        return min(settings.UPLOAD_ROWS, settings.SQLITE_UPLOAD_ROWS)
    return settings.UPLOAD_ROWS


def check_upload(upload_id: int) -> bool:
    """Read or check again the partner's next upload; return False when it can't be done now.

    That may be another upload: the one asked for waits on then, and is sent again in its turn.
    """
    # On SQLite outside of a transaction: no file is read while the one writer is held.
    check = _check_locked_turn if connection.vendor == "postgresql" else _check_in_turn
    checked, failure = check(upload_id)
    if checked is None:
        return False
    # Its place is free by now: a task that came too early for it has left the others to us.
    if (following := next_in_line(checked)) is not None:
        send_upload(following)
    if failure is not None:
        raise failure
    return True


def _check_in_turn(asked: int) -> tuple[int | None, Exception | None]:
    """Return the upload whose turn it was, if it was any's, and what went wrong in the portal."""
    with turn(asked) as pk:
        if pk is None:
            return None, None
        if ends_its_workers(pk):
            # Out of memory or by a fault of a library: no exception tells of it.
            text = _(
                "This file could not be read: each try ended the program that reads it. Save it"
                " again as .csv and upload that."
            )
            _refuse(pk, text)
            logger.error("upload_ends_workers", upload=pk, tries=TRIES)
            return pk, None
        is_checked, failure = _with_outcome(pk)
        return (pk if is_checked else None), failure


_check_locked_turn = transactional(_check_in_turn)


def _with_outcome(upload_id: int) -> tuple[bool, Exception | None]:
    """Return whether it was still to be checked; a file that can't be is asked about or ends."""
    try:
        return _check(upload_id), None
    except Unclear as unclear:
        choices = [
            {"value": choice.value, "label": str(choice.label), "sample": choice.sample}
            for choice in unclear.choices
        ]
        _ask(upload_id, unclear.question, choices)
    except Unmatched as unmatched:
        _ask(upload_id, "columns", unmatched.samples, unmatched.reading)
    except Refused as refused:
        _refuse(upload_id, str(refused))
    except (OperationalError, InterfaceError, ConnectionError):
        # Database or storage are away or restart: the upload waits on, and beat sends it again.
        raise
    except (FileNotFoundError, PermissionError) as error:
        # The folder is not the one of the web servers, or the file another system user's.
        text = _(
            "The portal can't read the file that it has kept. Upload it again. If this continues,"
            " contact support."
        )
        _refuse(upload_id, text)
        logger.error("upload_not_read", upload=upload_id, reason=error.strerror)  # noqa: TRY400
        return True, error
    except Exception as error:
        text = _("Something went wrong in the portal. Nothing was added.")
        _refuse(upload_id, text)
        logger.exception("upload_failed", upload=upload_id)
        return True, error
    return True, None


def _check(upload_id: int) -> bool:
    """Check an upload; return False when it is done, or another worker is at it.

    On SQLite the file is read before the transaction, in which others wait for the writer.
    """
    upload = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).first()
    is_unread = upload is not None and has_to_be_read(upload)
    if upload is None or not is_unread or connection.vendor == "postgresql":
        return _check_locked(upload_id)
    with _opened(upload) as table, kept(table) as whole:
        return _check_locked(upload_id, whole)


@transactional
def _check_locked(upload_id: int, table: Table | None = None) -> bool:
    """Check an upload; `table` is what its file holds, where it was read before."""
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    upload = locked.select_related("customer", "by").first()
    if upload is None:
        return False
    if upload.by is None:
        raise Refused(_("The account of the user who uploaded this is gone."), code="asker-gone")
    key, rows = progress_key(upload_id), UploadCounts.from_json(upload.counts).total
    with timezone.override(home_zone(upload.by)), progress.watching(key, 2 * rows or row_limit()):
        if not has_to_be_read(upload):
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
    with (
        upload.file.open("rb") as file,
        open_table(
            cast("BinaryIO", file),
            name=upload.file_name,
            answers=answers_of(upload),
            row_limit=row_limit(),
            seconds=settings.UPLOAD_SECONDS,
        ) as table,
    ):
        yield table


def _read(upload: Upload, table: Table, actor: User) -> None:
    """Take all rows from the file, which goes then, unless it could be read in another way."""
    _read_headings(upload, table)
    judge, tally = Judge(upload, Options.from_json(upload.options), actor=actor), UploadCounts()
    UploadRow.objects.filter(upload=upload).delete()
    for lines in _chunked(table.rows):
        verdicts = judge.verdicts(lines)
        tally.add_verdicts(verdicts)
        write_lines(upload, lines, verdicts)
    if not tally.total:
        raise FileRefused(
            _("The file has no row below its headings. Add a row for each user."), code="file-empty"
        )
    upload.counts = tally.as_json()
    upload.reading |= told(table)
    upload.reading.pop("before", None)
    touch(upload)
    if has_others(upload):
        upload.reading["is_read"] = True
    else:
        drop_file(upload)


def _read_headings(upload: Upload, table: Table) -> None:
    """Put on the upload the column of each heading, "" for one that is ignored.

    Raise Unmatched where they are not enough.
    """
    # Of a file without headings nothing is remembered but what was chosen for it.
    chosen = upload.reading.get("chosen")
    if chosen is None and answers_of(upload).headings != "no":
        chosen = dict(upload.customer.column_mappings.values_list("header", "column"))
    matched = headings.match(table.headings, chosen)
    if headings.missing(matched):
        raise Unmatched(table, matched)
    columns = [field_of(matched.columns.get(at, "")) for at in range(len(table.headings))]
    unknown = [
        heading
        for heading, column in zip(table.headings, columns, strict=True)
        if not column and heading.strip()
    ]
    upload.reading |= {
        "described": table.described(),
        "headings": list(table.headings),
        "columns": columns,
        "unknown": unknown,
    }
    named = {"display_name", "first_name", "last_name"} & set(columns)
    options = Options.from_json(upload.options)
    # What was answered before was of another reading.
    facts = options.changed(names_nobody=not named, assigning=Assigning.UNDECIDED)
    upload.options = facts.as_json()


def field_of(column: str) -> str:
    """Return the field of a column: of a country, the export names the code."""
    return column.removesuffix("__code")


def _chunked(rows: Iterable[Row]) -> Iterator[list[FileRow]]:
    """Yield the rows of a file, so many at a time that their cells fit into memory."""
    chunk, length = list[FileRow](), 0
    for row in rows:
        # One cell too many is what a value beyond the headings is known by.
        line = FileRow(row.number, (*row.cells, "…") if row.beyond else row.cells)
        chunk.append(line)
        length += sum(map(len, line.cells))
        if len(chunk) == CHUNK or length >= CHUNK_LENGTH:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


class Judge:
    """The judge of an upload's rows, who says in their order what becomes of each."""

    def __init__(self, upload: Upload, options: Options, *, actor: User) -> None:
        self.options = options
        self.world = World.of(upload.customer, actor)
        self.cleaner = Cleaner(upload.reading["columns"], self.world)
        self.matcher = Matcher(self.world, options)

    def verdicts(self, rows: Sequence[Judged]) -> list[Verdict]:
        """Return what becomes of each row, and leave the rows as they are."""
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
    """Judge all rows as things are now.

    Where they were confirmed and could not be written, those that are not so any more are told,
    which says more than the refusal.
    """
    judge, tally = Judge(upload, Options.from_json(upload.options), actor=actor), UploadCounts()
    changed: list[dict[str, Any]] = []
    count = 0
    for rows in chunks_of(upload):
        before = [(judged(row), confirmed(row)) for row in rows]
        judge.mark(rows, tally)
        progress.advance(len(rows))
        pairs = list(zip(rows, before, strict=True))
        bulk.update([row for row, was in pairs if judged(row) != was[0]], JUDGED)
        differing = [(row, was[1]) for row, was in pairs if confirmed(row) != was[1]]
        count += len(differing)
        changed += [
            {
                "number": row.number,
                "was": was[0],
                "now": row.outcome,
                "why": " ".join(each["text"] for each in [*row.problems, *row.notices]),
            }
            for row, was in differing[: TOLD - len(changed)]
        ]
    upload.counts = tally.as_json()
    touch(upload)
    if upload.refusal and count:
        upload.reading |= {"changed": changed, "changed_count": count}
        upload.refusal = ""


def _ask(
    upload_id: int, question: str, choices: Any, reading: Mapping[str, Any] | None = None
) -> None:
    """Let the upload wait for an answer; `reading` is what is known of the file by now."""
    upload = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).first()
    if upload is None:
        return
    upload.reading |= {"question": question, "choices": choices, **(reading or {})}
    upload.state = UploadState.ASKING
    upload.save(update_fields=["state", "reading"])


def _refuse(upload_id: int, why: str) -> None:
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is not None and not go_back(upload, why):
        end_upload(upload, UploadState.REFUSED, refusal=why)


@transactional
def end_upload(upload: Upload, state: UploadState, *, refusal: str = "") -> None:
    """End an upload that is of no use any more: neither its file nor its rows are kept."""
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
    """Say that the rows are others than a page has shown before. The caller saves the upload."""
    upload.reading["version"] = upload.reading.get("version", 0) + 1


def unquoted(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reading without what it quotes of the rows, which is about users."""
    quoting = ("choices", "changed", "changed_count", "notes")
    return {name: value for name, value in reading.items() if name not in quoting}


def drop_file(upload: Upload) -> None:
    """Delete the file with the commit. The caller saves the upload."""
    storage, name = upload.file.storage, upload.file.name
    upload.file = ""
    if name:
        # What can't be deleted now goes with the strays, and undoes no commit.
        transaction.on_commit(lambda: storage.delete(name), robust=True)
