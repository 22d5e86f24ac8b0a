"""A worker's part before Confirm: the file is read into rows, and the rows are checked."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain, islice

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.signin.zones import home_zone
from customers import progress
from customers.errors import Refused
from customers.said import columns_of, joined
from customers.said import gettext as _
from customers.services import bulk
from customers.services.transactions import transactional

from ..models import Upload, UploadQuerySet, UploadRow, UploadState
from ..reading import ChangedRow
from ..sealed_files import unsealed
from ..spreadsheets import FileRefused, Row, Table, Unclear, open_table
from .cells.repairs import repair_cells, repaired_field
from .cleaning import Cleaner
from .entries import Verdict
from .options import Options
from .outcomes import OutcomeFinder
from .queue import send_upload
from .readings import (
    WorkStopped,
    ask,
    check_not_stopped,
    go_back,
    has_others,
    has_to_be_read,
    leave_repair,
    put_columns,
    put_table,
    secret_places,
    take_waiting,
)
from .rows import (
    CHUNK,
    CHUNK_LENGTH,
    JUDGED,
    FileRow,
    Judged,
    chunks_of,
    confirmed,
    empty_cells,
    judged,
    keep_verdict,
    without_cells,
    write_lines,
)
from .tally import UploadCounts
from .turns import TRIES, ends_its_workers, next_in_line, turn
from .world import World

logger = structlog.get_logger(__name__)

Write = Callable[[], object]
# Rows whose values say which column is which.
SAMPLED = 50
# So many rows that have changed are told of one by one.
TOLD = 20


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
        try:
            return _check(upload_id), None
        except Unclear as unclear:
            ask(upload_id, unclear)
        except WorkStopped as stopped:
            # Who cancels the upload waits for its row, which is free from here on.
            leave_repair(stopped.upload)
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
        # Without its file is also one that was canceled meanwhile.
        if not _refuse(upload_id, text):
            return True, None
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

    On SQLite all rows are judged before the transaction, in which others wait for the one writer.
    """
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING)
    if connection.vendor == "postgresql":
        return _check_locked(waiting)
    upload = waiting.select_related("customer", "by").first()
    if upload is None:
        return False
    with _watched(upload) as writes:
        return _write_once(waiting.filter(waiting_since=upload.waiting_since), upload, [*writes])


@transactional
def _check_locked(waiting: UploadQuerySet) -> bool:
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    upload = locked.select_related("customer", "by").first()
    if upload is None:
        return False
    with _watched(upload) as writes:
        _write(upload, writes)
    return True


@transactional
def _write_once(waiting: UploadQuerySet, upload: Upload, writes: Iterable[Write]) -> bool:
    """Write what was made of an upload, unless it has ended since, or waits for something else."""
    if not waiting.exists():
        return False
    _write(upload, writes)
    return True


@contextmanager
def _watched(upload: Upload) -> Iterator[Iterator[Write]]:
    """Yield what there is to be written of an upload, which is made as it is asked for."""
    if upload.by is None:
        raise Refused(
            _("The account of the user who uploaded this no longer exists."), code="asker-gone"
        )
    # How many rows a file has is known only once it is read.
    key, rows = progress_key(upload.pk), UploadCounts.from_json(upload.counts).total
    judged = _read(upload, upload.by) if has_to_be_read(upload) else _check_again(upload, upload.by)
    with (
        timezone.override(home_zone(upload.by)),
        progress.watching(key, rows or row_limit()),
        closing(judged) as writes,
    ):
        yield writes


def _write(upload: Upload, writes: Iterable[Write]) -> None:
    for write in writes:
        write()
    if has_to_be_read(upload):
        # It was read, and in one way alone.
        drop_file(upload)
    is_asking = upload.reading.question is not None
    upload.state = UploadState.ASKING if is_asking else UploadState.CHECKED
    upload.save(
        update_fields=["state", "refusal", "refusal_said", "reading", "counts", "options", "file"]
    )


@contextmanager
def _opened(upload: Upload) -> Iterator[Table]:
    with (
        unsealed(upload.file) as file,
        open_table(
            file,
            name=upload.file_name,
            answers=upload.reading.answers,
            country=str(upload.customer.country),
            row_limit=row_limit(),
            seconds=settings.UPLOAD_SECONDS,
        ) as table,
    ):
        yield table


def _read(upload: Upload, actor: User) -> Generator[Write]:
    """Take all rows from the file, which goes then, unless it could be read in another way.

    One with passwords goes in any case.
    """
    with _opened(upload) as table:
        samples = list(islice(table.rows, SAMPLED))
        first = [row.cells for row in samples]
        is_known = put_columns(upload, table.headings, first, sheet=table.sheet)
        judge, tally = Judge(upload, Options.from_json(upload.options), actor=actor), UploadCounts()
        yield UploadRow.objects.filter(upload=upload).delete
        secret = secret_places(upload)
        for lines in _chunked(without_cells(chain(samples, table.rows), secret)):
            check_not_stopped(upload)
            verdicts = judge.verdicts(lines)
            tally.add_verdicts(verdicts)
            yield partial(write_lines, upload, lines, verdicts)
    if not tally.total:
        raise FileRefused(
            _("The file has no row below its headings. Add a row for each user."), code="file-empty"
        )
    upload.counts = tally.as_json()
    reading = upload.reading
    put_table(reading, table)
    if not is_known:
        reading.question, reading.choices = "columns", []
    reading.touch()
    reading.is_read = has_others(upload) and not secret and not table.found.hides_passwords


def _chunked(rows: Iterable[Row]) -> Iterator[list[FileRow]]:
    """Yield the rows of a file, so many at a time that their cells fit into memory."""
    chunk, length = list[FileRow](), 0
    for row in rows:
        # One cell too many is what a value beyond the headings is known by.
        line = FileRow(row.number, (*row.cells, row.beyond) if row.beyond else row.cells)
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
        self.cleaner = Cleaner(upload.reading.columns, self.world)
        self.finder = OutcomeFinder(self.world, options)

    def verdicts(self, rows: Sequence[Judged]) -> list[Verdict]:
        """Return what becomes of each row, and leave the rows as they are."""
        entries = [
            self.cleaner.entry(row.number, row.cells, default=self.options.licenses) for row in rows
        ]
        decisions = {row.number: row.decision for row in rows if row.decision}
        return self.finder.verdicts(entries, decisions)

    def mark(self, rows: Sequence[UploadRow], tally: UploadCounts) -> None:
        """Write the verdicts on the rows, which the caller saves, and count them."""
        verdicts = self.verdicts(rows)
        tally.add_verdicts(verdicts)
        for row, verdict in zip(rows, verdicts, strict=True):
            keep_verdict(row, verdict)


def _check_again(upload: Upload, actor: User) -> Generator[Write]:
    """Judge all rows as things are now, once those are repaired that are to be.

    Where they were confirmed and could not be written, those that are not so any more are told,
    which says more than the refusal.
    """
    judge, tally = Judge(upload, Options.from_json(upload.options), actor=actor), UploadCounts()
    changed: list[ChangedRow] = []
    count = 0
    if secret := secret_places(upload):
        # A user has said so since: the file goes.
        upload.reading.is_read = False
    repair, given, repaired = upload.reading.repair, set[str](), 0
    for rows in chunks_of(upload.rows.all()):
        yield partial(bulk.update, empty_cells(rows, secret), ("cells",))
        check_not_stopped(upload)
        if repair is not None:
            others = repair_cells(rows, repair, upload.reading.columns, given)
            repaired += len(others)
            yield partial(bulk.update, others, [repaired_field(repair)])
        before = [(judged(row), confirmed(row)) for row in rows]
        judge.mark(rows, tally)
        progress.advance(len(rows))
        pairs = list(zip(rows, before, strict=True))
        yield partial(bulk.update, [row for row, was in pairs if judged(row) != was[0]], JUDGED)
        differing = [(row, was[1]) for row, was in pairs if confirmed(row) != was[1]]
        count += len(differing)
        changed += [
            {
                "number": row.number,
                "was": was[0],
                "now": row.outcome,
                "why": joined(each["text"] for each in [*row.problems, *row.notices]),
            }
            for row, was in differing[: TOLD - len(changed)]
        ]
    upload.counts = tally.as_json()
    upload.reading.touch()
    if repair is not None:
        upload.reading.repair = None
        upload.reading.tell_repaired(repaired, repair.action)
    if upload.refusal and count:
        upload.reading.changed, upload.reading.changed_count = changed, count
        upload.refusal = ""


@transactional
def _refuse(upload_id: int, why: str) -> bool:
    """Refuse the upload; return False where it was canceled while it was read."""
    upload = take_waiting(upload_id)
    if upload is None:
        return False
    if not go_back(upload, why):
        end_upload(upload, UploadState.REFUSED, refusal=why)
    return True


@transactional
def end_upload(upload: Upload, state: UploadState, *, refusal: str = "") -> None:
    """End an upload that is of no use any more: neither its file nor its rows are kept."""
    drop_file(upload)
    upload.rows.all().delete()
    upload.reading.forget_quotes()
    Upload.objects.filter(pk=upload.pk).update(
        state=state,
        **columns_of("refusal", refusal),
        file="",
        reading=upload.reading,
        finished_at=timezone.now(),
    )


def drop_file(upload: Upload) -> None:
    """Delete the file with the commit. The caller saves the upload."""
    storage, name = upload.file.storage, upload.file.name
    upload.file = ""
    if name:
        # What can't be deleted now goes with the strays, and undoes no commit.
        transaction.on_commit(lambda: storage.delete(name), robust=True)
