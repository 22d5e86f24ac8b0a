"""All wrong rows of one cause at once: a value replaced, suggestions taken, rows dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import typed_user_name
from customers.errors import Refused
from customers.services import bulk
from customers.services.transactions import transactional

from ..columns.parts import DOMAIN, joined_user_name, read_places
from ..models import RowDecision, RowOutcome, Upload, UploadRow, UploadState
from .confirming import check_seen
from .editing import check_texts, judge_again, no_such_column
from .entries import USER_NAME
from .queue import send_upload
from .receiving import lock_open
from .reporting import free_names
from .rows import chunks_of
from .tally import cause_of

# So many rows are checked again at once; more are left to a worker.
AT_ONCE = 5_000
# Causes in which what follows the @ is to be replaced.
DOMAINS = {f"{USER_NAME} unknown-domain", f"{USER_NAME} no-domain"}


class RepairAction(StrEnum):
    USE = "use"
    REPLACE = "replace"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Repair:
    """What is done to the wrong rows of one cause ("": of any), or to those with `value` alone.

    `text` replaces the cell; where the domain is not the customer's, what follows the @.
    """

    action: RepairAction
    cause: str = ""
    value: str | None = None
    text: str = ""

    @property
    def column(self) -> str:
        return self.cause.partition(" ")[0]

    def may_replace(self, columns: Sequence[str]) -> bool:
        """Whether one text can be right for many rows: no user name is, but its domain."""
        if self.column == USER_NAME:
            return self.cause in DOMAINS
        return self.column in columns

    def applies(self, row: UploadRow, columns: Sequence[str]) -> bool:
        if not self.cause:
            return True
        if all(cause_of(each) != self.cause for each in row.problems):
            return False
        return self.value is None or self.value == value_of(row.cells, columns, self.cause)


@transactional
def repair_rows(upload: Upload, repair: Repair, *, seen: str, actor: User) -> int:
    """Repair all rows that are meant, check them again, and return how many.

    The page has shown the rows whose fingerprint is `seen`. More rows than a few thousand are left
    to a worker to check.
    """
    fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED])
    check_seen(fresh, seen)
    check_texts([repair.text])
    columns: list[str] = fresh.reading["columns"]
    if repair.action == RepairAction.REPLACE and not repair.may_replace(columns):
        raise no_such_column()
    few, count, given = list[UploadRow](), 0, set[str]()
    for rows in chunks_of(fresh, (RowOutcome.WRONG,)):
        meant = [row for row in rows if repair.applies(row, columns)]
        changed = _changed(meant, repair, columns, given)
        bulk.update(changed, ["decision" if repair.action == RepairAction.DROP else "cells"])
        count += len(changed)
        few = [*few, *changed] if count <= AT_ONCE else []
    if not count:
        raise Refused(
            _("No row has anything to repair in this way. Load the page again."), code="row-gone"
        )
    if count <= AT_ONCE:
        judge_again(fresh, few, actor=actor)
    else:
        fresh.refusal = ""
        fresh.save(update_fields=["refusal", *fresh.wait()])
        transaction.on_commit(lambda: send_upload(fresh.pk))
    return count


def _changed(
    rows: Sequence[UploadRow], repair: Repair, columns: Sequence[str], given: set[str]
) -> list[UploadRow]:
    """Change the rows, and return those that are others now."""
    if repair.action == RepairAction.DROP:
        for row in rows:
            row.decision = RowDecision.DROP
        return list(rows)
    names = free_names(rows, given) if repair.action == RepairAction.USE else {}
    changed = []
    for row in rows:
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


def suggested_cells(
    row: UploadRow, columns: Sequence[str], names: dict[int, str], cause: str = ""
) -> dict[int, str]:
    """Return what is suggested for the row's cells, by place; of one cause alone where it is given.

    Of user names only those that are free (`names`, by row number).
    """
    found: dict[int, str] = {}
    places = read_places(columns, row.cells)
    for each in row.problems:
        column, suggestion = each["column"], each["suggestion"]
        if column == USER_NAME:
            suggestion = names.get(row.number, "")
        if suggestion and column in places and cause in ("", cause_of(each)):
            found.setdefault(places[column], suggestion)
    return found


def value_of(cells: Sequence[str], columns: Sequence[str], cause: str) -> str:
    """Return what is wrong in a row for this cause: a cell, or a domain in it."""
    cell = cell_of(cells, columns, cause.partition(" ")[0])
    return typed_user_name(cell).rpartition("@")[2].lower() if cause in DOMAINS else cell


def cell_of(cells: Sequence[str], columns: Sequence[str], column: str) -> str:
    """Return a row's cell in a column, a user name joined; "" where the file has no such column."""
    places = read_places(columns, cells)
    texts = {name: cells[at] for name, at in places.items() if at < len(cells)}
    text = texts.get(column, "")
    return joined_user_name(text, texts.get(DOMAIN, "")) if column == USER_NAME else text
