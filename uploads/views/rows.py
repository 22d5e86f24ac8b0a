"""The rows of an upload as its confirmation page draws them: cells, reasons, what can be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.columns import USER_NAME
from customers.query_params import read_number

from ..columns.parts import LOCAL_PART, PASSWORD, label_of, read_places
from ..models import RowDecision, RowOutcome, Upload, UploadRow
from ..services import cell_of, free_names, row_fingerprint
from ..spreadsheets import MARKS

TONES = {
    RowOutcome.ADD: "success",
    RowOutcome.CHANGE: "info",
    RowOutcome.RESTORE: "info",
    RowOutcome.LEAVE: "neutral",
    RowOutcome.DROP: "neutral",
    RowOutcome.WRONG: "danger",
}


@dataclass(slots=True)
class Cell:
    """A cell of a row; `edit` is the name of its control where it is wrong or doubtful."""

    at: int
    label: str
    text: str
    edit: str = ""
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    # By which the control names its reasons to a screen reader.
    reasons: str = ""
    # A user name that is joined of this cell and another one.
    joined: str = ""
    # A value that would be right, and the name that its button sends it under.
    suggestion: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """What was typed into a row, by place, and why it was not saved."""

    number: int
    typed: Mapping[int, str]
    why: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page draws it; its problems and notices are those of no cell that is shown.

    `repairs` are the cells that are wrong or doubtful.
    """

    row: UploadRow
    url: str
    cells: list[Cell]
    # Places of the columns that the page has.
    drawn: Collection[int]
    problems: list[str]
    notices: list[str]
    # Why what was sent was not saved; the controls keep what was typed.
    refusal: str = ""

    @property
    def seen(self) -> str:
        return row_fingerprint(self.row)

    @property
    def drawn_cells(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.at in self.drawn]

    @property
    def repairs(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.edit]

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def outcome(self) -> RowOutcome:
        return RowOutcome(self.row.outcome)

    @property
    def tone(self) -> str:
        return TONES[self.outcome]

    @property
    def is_wrong(self) -> bool:
        return self.outcome == RowOutcome.WRONG

    @property
    def is_dropped(self) -> bool:
        return self.outcome == RowOutcome.DROP

    @property
    def may_drop(self) -> bool:
        return self.outcome not in (RowOutcome.DROP, RowOutcome.LEAVE)

    @property
    def may_edit(self) -> bool:
        """Whether a cell has a control: then Enter must find a button that sends what was typed."""
        return self.is_wrong or bool(self.repairs)

    @property
    def other(self) -> RowDecision | None:
        """What can be chosen instead where a deleted user had the user name."""
        if self.row.user_id is None:
            return None
        instead = {RowOutcome.ADD: RowDecision.RESTORE, RowOutcome.RESTORE: RowDecision.NEW}
        return instead.get(self.outcome)


def shown_rows(
    request: HttpRequest,
    upload: Upload,
    rows: Sequence[UploadRow],
    drawn: Collection[int],
    refused: RefusedRow | None = None,
) -> list[ShownRow]:
    """Return the rows as they are drawn, with the columns of these places.

    Of the one that was `refused` what was typed is kept.
    """
    columns = upload.reading.columns
    query = request.GET.urlencode()
    proposals = free_names(rows)
    shown = []
    for row in rows:
        # A problem of the whole row is of no cell, and neither is one of an ignored column.
        read = read_places(columns, row.cells)
        url = reverse("uploads:upload-row", args=[upload.customer_id, upload.pk, row.number])
        back = refused if refused is not None and refused.number == row.number else None
        shown.append(
            ShownRow(
                row,
                f"{url}?{query}" if query else url,
                cells=[
                    _cell(row, at, columns, {name for name in read if read[name] == at}, proposals)
                    if back is None or at not in back.typed
                    else _typed_cell(row, at, column, back.typed[at])
                    for at, column in enumerate(columns)
                    if is_shown(column)
                ],
                drawn=drawn,
                problems=[each["text"] for each in row.problems if each["column"] not in read],
                notices=[each["text"] for each in row.notices if each["column"] not in read],
                refusal=back.why if back else "",
            )
        )
    return shown


def is_shown(column: str) -> bool:
    return column not in ("", "status_update", PASSWORD)


def drawn_places(columns: Sequence[str], rows: Sequence[UploadRow]) -> list[int]:
    """Return the places of columns in which one of the rows has something."""
    filled = {at for row in rows for at, cell in enumerate(row.cells) if cell.strip()}
    return [at for at, column in enumerate(columns) if is_shown(column) and at in filled]


def read_drawn(text: str, columns: Sequence[str]) -> list[int]:
    """Return the places of the columns that a page has, as it says; all where it says nothing."""
    asked = {place for part in text.split() if (place := read_number(part)) is not None}
    every = [at for at, column in enumerate(columns) if is_shown(column)]
    return [at for at in every if at in asked] or every


def _typed_cell(row: UploadRow, at: int, column: str, typed: str) -> Cell:
    """Return a cell with what was typed and not saved, beside what is there now."""
    now = row.cells[at] if at < len(row.cells) else ""
    told = []
    if now not in (typed, *MARKS):
        text = _("The row has “%(value)s” here now.") if now else _("The row has nothing here now.")
        told = [text % {"value": now}]
    return Cell(
        at,
        label=label_of(column),
        text=typed,
        edit=f"cell-{at}",
        problems=told,
        reasons=f"why-{row.number}-{at}" if told else "",
    )


def _cell(
    row: UploadRow,
    at: int,
    columns: Sequence[str],
    read_as: set[str],
    proposals: Mapping[int, str],
) -> Cell:
    """Return a cell with what is said of the columns that are read from it."""
    wrong = [each for each in row.problems if each["column"] in read_as]
    noted = [each for each in row.notices if each["column"] in read_as]
    suggestion = next((each["suggestion"] for each in [*wrong, *noted] if each["suggestion"]), "")
    if USER_NAME in read_as:
        suggestion = proposals.get(row.number, "")
    joined = cell_of(row.cells, columns, USER_NAME) if read_as >= {USER_NAME, LOCAL_PART} else ""
    can_edit = bool(wrong or suggestion or any(each.get("cause") for each in noted))
    text = row.cells[at] if at < len(row.cells) else ""
    return Cell(
        at,
        label=label_of(columns[at]),
        # Nobody has written our marks.
        text="" if text in MARKS else text,
        edit=f"cell-{at}" if can_edit else "",
        problems=[each["text"] for each in wrong],
        notices=[each["text"] for each in noted],
        joined=joined if joined != text else "",
        reasons=f"why-{row.number}-{at}" if wrong or (can_edit and noted) else "",
        suggestion=suggestion,
        use=f"use-{at}" if suggestion else "",
    )
