"""What a repair does to the cells of rows: a value replaced, suggestions taken, rows dropped."""

from collections.abc import Iterable, Sequence

from accounts.columns import USER_NAME
from accounts.names import typed_user_name

from ...columns.parts import places_of, read_places, text_read, user_name_read
from ...models import RowDecision, RowOutcome, UploadRow
from ...reading import Repair, RepairAction
from ..reporting import free_names
from ..tally import told_of
from .mojibake import GARBLED

# Causes in which what follows the @ is to be replaced.
DOMAINS = {f"{USER_NAME} unknown-domain", f"{USER_NAME} no-domain"}
# Of any column: nothing is wrong with the row, but what was meant is known.
GARBLED_LETTERS = f" {GARBLED}"


def takes_warned(repair: Repair) -> bool:
    """Whether rows are meant too in which nothing is wrong: suggestions are used of warnings.

    Of all with the cause GARBLED_LETTERS, and with any cause.
    """
    return repair.action == RepairAction.USE and repair.cause in ("", GARBLED_LETTERS)


def repair_cells(
    rows: Iterable[UploadRow], repair: Repair, columns: Sequence[str], given: set[str]
) -> list[UploadRow]:
    """Repair those of the rows that are meant, and return those that are others now.

    The caller saves what `repaired_field` names. `given` are user names that were proposed for
    other rows, and get those of these.
    """
    meant = [row for row in rows if _is_meant(row, repair, columns)]
    if repair.action == RepairAction.DROP:
        for row in meant:
            row.decision = RowDecision.DROP
        return meant
    names = free_names(meant, given) if repair.action == RepairAction.USE else {}
    changed = []
    for row in meant:
        if repair.action == RepairAction.USE:
            cells = suggested_cells(row, columns, names, repair.cause)
        else:
            text = repair.text
            if repair.column == USER_NAME:
                typed = typed_user_name(cell_of(row.cells, columns, USER_NAME))
                text = f"{typed.partition('@')[0]}@{text}"
            cells = {read_places(columns, row.cells)[repair.column]: text}
        before = list(row.cells)
        row.cells = [*before, *[""] * (max(cells, default=-1) + 1 - len(before))]
        for at, text in cells.items():
            row.cells[at] = text
        if row.cells != before:
            changed.append(row)
    return changed


def repaired_field(repair: Repair) -> str:
    return "decision" if repair.action == RepairAction.DROP else "cells"


def _is_meant(row: UploadRow, repair: Repair, columns: Sequence[str]) -> bool:
    if row.outcome != RowOutcome.WRONG and not (row.warns and takes_warned(repair)):
        return False
    if repair.cause and all(cause != repair.cause for cause, _told in told_of(row)):
        return False
    return repair.value is None or repair.value == value_of(row.cells, columns, repair.cause)


def suggested_cells(
    row: UploadRow, columns: Sequence[str], names: dict[int, str], cause: str = ""
) -> dict[int, str]:
    """Return what is suggested for the row's cells, by place; of one cause alone where it is given.

    Of user names only those that are free (`names`, by row number).
    """
    found: dict[int, str] = {}
    places = read_places(columns, row.cells)
    for key, each in told_of(row):
        column, suggestion = each["column"], each["suggestion"]
        if column == USER_NAME:
            suggestion = names.get(row.number, "")
        if suggestion and column in places and cause in ("", key):
            found.setdefault(places[column], suggestion)
    return found


def value_of(cells: Sequence[str], columns: Sequence[str], cause: str) -> str:
    """Return what is wrong in a row for this cause: a cell, or a domain in it."""
    cell = cell_of(cells, columns, cause.partition(" ")[0])
    return typed_user_name(cell).rpartition("@")[2].lower() if cause in DOMAINS else cell


def cell_of(cells: Sequence[str], columns: Sequence[str], column: str) -> str:
    """Return a row's cell in a column, a user name joined; "" where the file has no such column."""
    places = places_of(tuple(columns))
    if column == USER_NAME:
        return user_name_read(places, cells)
    return text_read(places, cells, column)
