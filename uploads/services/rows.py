"""The rows of an upload, as they are kept and as they are walked."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db.models import QuerySet

from customers.services import bulk

from ..columns.secrets import emptied
from ..models import Upload, UploadRow
from ..spreadsheets import Row
from .entries import Verdict

# So many at a time: a file of any length takes the same memory.
CHUNK = 5_000
# Fewer where their cells are long: so many characters, five times what lists of users have.
CHUNK_LENGTH = 4_000_000
# What a verdict sets.
JUDGED = ("name_key", "outcome", "problems", "notices", "warns", "seats", "user_id")


class Judged(Protocol):
    """What is read of a row to judge it."""

    number: int
    cells: Sequence[str]
    decision: str


@dataclass(slots=True)
class FileRow:
    """A row on its way from the file, or from the database to a new user.

    It has a tenth of the model's weight, where there are a hundred thousand.
    """

    number: int
    cells: Sequence[str]
    decision: str = ""
    outcome: str = ""
    seats: dict[str, int] | None = None
    user_id: int | None = None


def chunks_of(rows: QuerySet[UploadRow]) -> Iterator[list[UploadRow]]:
    """Yield rows of one upload in the order of the file."""
    last = -1
    while chunk := list(rows.filter(number__gt=last).order_by("number")[:CHUNK]):
        yield chunk
        last = chunk[-1].number


def lines_of(upload: Upload, outcome: str) -> Iterator[list[FileRow]]:
    """Yield rows as chunks_of, with what is needed to judge and to compare them (confirmed)."""
    last = -1
    names = ("number", "cells", "decision", "outcome", "seats", "user_id")
    wanted = upload.rows.filter(outcome=outcome).order_by("number").values_list(*names)
    while rows := [FileRow(*row) for row in wanted.filter(number__gt=last)[:CHUNK]]:
        yield rows
        last = rows[-1].number


def without_cells(rows: Iterable[Row], places: Collection[int]) -> Iterator[Row]:
    """Yield the rows of a file with these cells empty."""
    for row in rows:
        if places:
            yield replace(row, cells=emptied(row.cells, places))
        else:
            yield row


def empty_cells(rows: Sequence[UploadRow], places: Collection[int]) -> list[UploadRow]:
    """Empty these cells of the rows; return the rows that are others by that, to be saved."""
    changed = []
    for row in rows:
        cells = list(emptied(row.cells, places))
        if cells != row.cells:
            row.cells = cells
            changed.append(row)
    return changed


def drop_ignored_cells(upload: Upload) -> None:
    """Drop what the rows have in columns that nobody has given a meaning, and beyond the headings.

    Call it inside the transaction after which the columns can't be changed any more.
    """
    columns = upload.reading.columns
    ignored = {at for at, name in enumerate(columns) if not name}
    for rows in chunks_of(upload.rows.all()):
        changed = []
        for row in rows:
            cells = list(emptied(row.cells[: len(columns)], ignored))
            if cells != row.cells:
                row.cells = cells
                changed.append(row)
        bulk.update(changed, ["cells"])


def write_lines(upload: Upload, lines: Sequence[FileRow], verdicts: Sequence[Verdict]) -> None:
    """Insert new rows of the upload, with what becomes of each."""
    facts = [verdict_facts(verdict) for verdict in verdicts]
    columns: dict[str, Sequence[Any]] = dict(zip(JUDGED, zip(*facts, strict=True), strict=True))
    columns |= {"number": [line.number for line in lines], "cells": [line.cells for line in lines]}
    bulk.insert_alike(UploadRow, {"upload_id": upload.pk}, columns)


def keep_verdict(row: UploadRow, verdict: Verdict) -> None:
    """Write the verdict on the row, which the caller saves."""
    for name, value in zip(JUDGED, verdict_facts(verdict), strict=True):
        setattr(row, name, value)


def verdict_facts(verdict: Verdict) -> tuple[Any, ...]:
    """Return what a row keeps of its verdict, as JUDGED names it."""
    return (
        verdict.entry.key,
        verdict.outcome,
        [problem.as_json() for problem in verdict.entry.problems],
        [notice.as_json() for notice in verdict.entry.notices],
        bool(verdict.entry.warnings),
        seats_wanted(verdict),
        verdict.user_id,
    )


def seats_wanted(verdict: Verdict) -> dict[str, int]:
    return {str(pk): count for pk, count in verdict.seats.items() if count}


def judged(row: UploadRow) -> tuple[Any, ...]:
    """Return the same of what the row has kept."""
    return tuple(getattr(row, name) for name in JUDGED)


def confirmed(row: UploadRow | FileRow) -> tuple[Any, ...]:
    """Return what a user has confirmed of a row, and what must still be so."""
    return (row.outcome, row.seats, row.user_id)


def as_confirmed(verdict: Verdict) -> tuple[Any, ...]:
    """Return the same of what has been found now."""
    return (verdict.outcome, seats_wanted(verdict), verdict.user_id)
