"""One row at a time: a cell put right, a row dropped, a choice made; and rows judged again."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from accounts.models import User
from customers.errors import Refused
from customers.formats import figure
from customers.said import gettext as _
from customers.services import bulk
from customers.services.transactions import transactional

from ..models import RowDecision, Upload, UploadRow, UploadState
from ..reading import RepairAction
from ..spreadsheets import MARKS, ROW_LENGTH
from .checking import Judge
from .options import Options
from .receiving import lock_open
from .rows import JUDGED
from .tally import UploadCounts


def row_fingerprint(row: UploadRow) -> str:
    """Return a fingerprint of what a user has put into a row: another one is another row."""
    said = json.dumps([list(row.cells), str(row.decision)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transactional
def edit_row(
    upload: Upload, number: int, cells: Mapping[int, str], *, actor: User, seen: str = ""
) -> UploadRow:
    """Put these cells, by their place, into the row, and check it and its namesakes again.

    The page has shown the row whose fingerprint is `seen`; "" is for a caller who has just read it.
    What the reader marked, such as a formula without its result, stays so until there is a value.
    """
    fresh, row = _locked(upload, number, actor)
    width = len(fresh.reading.headings)
    if any(not 0 <= at < width for at in cells):
        raise no_such_column()
    check_texts(cells.values())
    changed = list(row.cells)
    # A user who puts a row right has seen what stood beyond the last heading.
    del changed[width:]
    for at, text in cells.items():
        # A page shows nothing in such a cell: what was not typed is not said to be empty.
        changed[at] = changed[at] if changed[at] in MARKS and not text.strip() else text
    if changed != row.cells:
        _check_seen(row, seen)
    if sum(map(len, changed)) > ROW_LENGTH:
        raise too_long(ROW_LENGTH)
    row.cells = changed
    row.save(update_fields=["cells"])
    judge_again(fresh, [row], actor=actor)
    return row


@transactional
def decide_row(
    upload: Upload, number: int, decision: RowDecision, *, actor: User, seen: str = ""
) -> UploadRow:
    """Drop the row, take it in again, or say what a deleted namesake means.

    `seen` is as in edit_row.
    """
    fresh, row = _locked(upload, number, actor)
    if row.decision != decision:
        _check_seen(row, seen)
    row.decision = decision
    row.save(update_fields=["decision"])
    judge_again(fresh, [row], actor=actor)
    return row


def _locked(upload: Upload, number: int, actor: User) -> tuple[Upload, UploadRow]:
    fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED])
    row = fresh.rows.filter(number=number).first()
    if row is None:
        raise Refused(_("This row no longer exists. Load the page again."), code="row-gone")
    return fresh, row


def _check_seen(row: UploadRow, seen: str) -> None:
    """Raise Refused where someone else has put something else into the row since."""
    if seen and seen != row_fingerprint(row):
        raise Refused(
            _(
                "Someone else changed this row while you were editing. Nothing was saved. Check the"
                " row, then select Check again."
            ),
            code="row-changed-meanwhile",
        )


def check_texts(texts: Iterable[str]) -> None:
    """Raise Refused for characters that no cell may hold."""
    if any("\0" in text for text in texts):
        raise Refused(_("A cell contains an invalid character. Type it again."), code="cell-wrong")


def too_long(limit: int) -> Refused:
    text = _("This is too long. Shorten it to %(limit)s characters or fewer.")
    return Refused(text % {"limit": figure(limit)}, code="cell-too-long")


def no_such_column() -> Refused:
    return Refused(
        _("This file has no such column. Load the page again."), code="columns-changed-meanwhile"
    )


def judge_again(
    upload: Upload,
    rows: Sequence[UploadRow],
    *,
    actor: User,
    repaired_by: RepairAction | None = None,
) -> None:
    """Judge the rows, and all that have one of their old or new user names, in their order.

    The page then says how many rows the action `repaired_by` has repaired. Call it on a locked
    upload, inside the transaction that changed the rows.
    """
    judge = Judge(upload, Options.from_json(upload.options), actor=actor)
    tally = UploadCounts.from_json(upload.counts)
    keys = {judge.cleaner.entry(row.number, row.cells, default={}).key for row in rows}
    keys |= {row.name_key for row in rows}
    named = {row.number: row for row in rows}
    for namesake in upload.rows.filter(name_key__among_texts=sorted(keys - {""})):
        named.setdefault(namesake.number, namesake)
    affected = [named[number] for number in sorted(named)]
    for one in affected:
        tally.take_off(one)
    judge.mark(affected, tally)
    bulk.update(affected, JUDGED)
    upload.counts, upload.refusal = tally.as_json(), ""
    upload.reading.touch()
    if repaired_by is not None:
        upload.reading.tell_repaired(len(rows), repaired_by)
    upload.save(update_fields=["counts", "reading", "refusal", "refusal_said"])
