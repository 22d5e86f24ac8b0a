"""One row at a time: a cell put right, a row dropped, a choice made; and rows judged again."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from customers.errors import Refused
from customers.services import bulk
from customers.services.transactions import transactional

from ..models import RowDecision, Upload, UploadRow, UploadState
from .checking import Judge, touch
from .options import Options
from .receiving import lock_open
from .rows import JUDGED
from .tally import UploadCounts


@transactional
def edit_row(upload: Upload, number: int, cells: Mapping[int, str], *, actor: User) -> UploadRow:
    """Put these cells, by their place, into the row, and check it and its namesakes again."""
    fresh, row = _locked(upload, number, actor)
    width = len(fresh.reading["headings"])
    if any(not 0 <= at < width for at in cells):
        raise no_such_column()
    check_texts(cells.values())
    changed = list(row.cells)
    # A user who puts a row right has seen what stood beyond the last heading.
    del changed[width:]
    for at, text in cells.items():
        changed[at] = text
    row.cells = changed
    row.save(update_fields=["cells"])
    judge_again(fresh, [row], actor=actor)
    return row


@transactional
def decide_row(upload: Upload, number: int, decision: RowDecision, *, actor: User) -> UploadRow:
    """Drop the row, take it in again, or say what a deleted namesake means."""
    fresh, row = _locked(upload, number, actor)
    row.decision = decision
    row.save(update_fields=["decision"])
    judge_again(fresh, [row], actor=actor)
    return row


def _locked(upload: Upload, number: int, actor: User) -> tuple[Upload, UploadRow]:
    fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED])
    row = fresh.rows.filter(number=number).first()
    if row is None:
        raise Refused(_("This row is not there any more. Load the page again."), code="row-gone")
    return fresh, row


def check_texts(texts: Iterable[str]) -> None:
    """Raise Refused for what no cell may hold."""
    if any("\0" in text for text in texts):
        raise Refused(
            _("A cell has a character that is none, NUL. Type it again."), code="cell-wrong"
        )


def no_such_column() -> Refused:
    return Refused(
        _("This file has no such column. Load the page again."), code="columns-changed-meanwhile"
    )


def judge_again(upload: Upload, rows: Sequence[UploadRow], *, actor: User) -> None:
    """Judge the rows, and all that have one of their old or new user names, in their order.

    Call it on a locked upload, inside the transaction that changed the rows.
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
    upload.counts = tally.as_json()
    touch(upload)
    upload.save(update_fields=["counts", "reading"])
