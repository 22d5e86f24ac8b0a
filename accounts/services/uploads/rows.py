"""The rows of an upload, as they are kept and as they are walked."""

from collections.abc import Iterator, Sequence
from typing import Any

from ...models import Upload, UploadRow
from .entries import Verdict

# So many at a time: a file of any length takes the same memory.
CHUNK = 5_000
JUDGED = ["name_key", "outcome", "problems", "notices", "seats", "user"]


def chunks_of(
    upload: Upload, outcomes: Sequence[str] = (), *, without: Sequence[str] = ()
) -> Iterator[list[UploadRow]]:
    """All rows, or those of these outcomes, in the order of the file; `without` these fields."""
    last = -1
    wanted = upload.rows.filter(outcome__in=outcomes) if outcomes else upload.rows.all()
    wanted = wanted.defer(*without)
    while rows := list(wanted.filter(number__gt=last).order_by("number")[:CHUNK]):
        yield rows
        last = rows[-1].number


def row_of(upload: Upload, number: int, cells: Sequence[str]) -> UploadRow:
    return UploadRow(upload=upload, number=number, cells=list(cells))


def put(row: UploadRow, verdict: Verdict) -> None:
    """Write the verdict on the row; who saves it is the caller's affair."""
    row.name_key = verdict.entry.key
    row.outcome = verdict.outcome
    row.problems = [problem.as_json() for problem in verdict.entry.problems]
    row.notices = [notice.as_json() for notice in verdict.entry.notices]
    row.seats = {str(pk): count for pk, count in verdict.seats.items() if count}
    row.user_id = verdict.user_id


def judged(row: UploadRow) -> tuple[Any, ...]:
    """All that a verdict sets."""
    return (row.name_key, row.outcome, row.problems, row.notices, row.seats, row.user_id)


def confirmed(row: UploadRow) -> tuple[Any, ...]:
    """What somebody has confirmed, and must still be so."""
    return (row.outcome, row.seats, row.user_id)
