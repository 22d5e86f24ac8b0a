"""The rows of an upload as its confirmation page draws them: cells, reasons, what can be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse

from ..columns.parts import PASSWORD, label_of, read_places
from ..models import RowDecision, RowOutcome, Upload, UploadRow
from ..services import free_names

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
    """A cell of a row; `edit` is the name of its control where it is wrong."""

    label: str
    text: str
    edit: str = ""
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    # By which the control names its reasons to a screen reader.
    reasons: str = ""
    # A value that would be right, and the name that its button sends it under.
    suggestion: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page draws it; its problems and notices are those of no cell that is shown.

    `reasons` are those of its cells, each with the heading of its column.
    """

    row: UploadRow
    url: str
    cells: list[Cell]
    problems: list[str]
    notices: list[str]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        return [(cell.label, text) for cell in self.cells for text in cell.problems]

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
        return self.is_wrong or any(cell.edit for cell in self.cells)

    @property
    def other(self) -> RowDecision | None:
        """What can be chosen instead where a deleted user had the user name."""
        if self.row.user_id is None:
            return None
        instead = {RowOutcome.ADD: RowDecision.RESTORE, RowOutcome.RESTORE: RowDecision.NEW}
        return instead.get(self.outcome)


def shown_rows(request: HttpRequest, upload: Upload, rows: Sequence[UploadRow]) -> list[ShownRow]:
    columns: list[str] = upload.reading["columns"]
    query = request.GET.urlencode()
    proposals = free_names(rows)
    shown = []
    for row in rows:
        # A problem of the whole row is of no cell, and neither is one of an ignored column.
        read = read_places(columns, row.cells)
        url = reverse("uploads:upload-row", args=[upload.customer_id, upload.pk, row.number])
        shown.append(
            ShownRow(
                row,
                f"{url}?{query}" if query else url,
                cells=[
                    _cell(row, at, column, {name for name in read if read[name] == at}, proposals)
                    for at, column in enumerate(columns)
                    if is_shown(column)
                ],
                problems=[each["text"] for each in row.problems if each["column"] not in read],
                notices=[each["text"] for each in row.notices if each["column"] not in read],
            )
        )
    return shown


def is_shown(column: str) -> bool:
    return column not in ("", "status_update", PASSWORD)


def _cell(
    row: UploadRow, at: int, column: str, read_as: Collection[str], proposals: Mapping[int, str]
) -> Cell:
    """Return a cell with what is said of the columns that are read from it."""
    wrong = [each for each in row.problems if each["column"] in read_as]
    noted = [each for each in row.notices if each["column"] in read_as]
    suggestion = next((each["suggestion"] for each in [*wrong, *noted] if each["suggestion"]), "")
    if "user_name" in read_as:
        suggestion = proposals.get(row.number, "")
    can_edit = bool(wrong or suggestion)
    return Cell(
        label=label_of(column),
        text=row.cells[at] if at < len(row.cells) else "",
        edit=f"cell-{at}" if can_edit else "",
        problems=[each["text"] for each in wrong],
        notices=[each["text"] for each in noted],
        reasons=f"why-{row.number}-{at}" if wrong else "",
        suggestion=suggestion,
        use=f"use-{at}" if suggestion else "",
    )
