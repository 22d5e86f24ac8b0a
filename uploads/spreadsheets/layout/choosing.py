"""Which sheet of a workbook has the users: the one with most known headings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...errors import FileRefused
from ..tables import Answers, Table, empty_sentence
from ..work import Work
from .findings import Found
from .splitting import Start, split

# More sheets than that are not looked into.
_SHEETS = 50


@dataclass(slots=True)
class Hidden:
    """What a sheet hides: its reader fills this; with `taken` it hides nothing."""

    taken: bool = False
    columns: set[int] = field(default_factory=set)
    found: Found = field(default_factory=Found)

    def hide(self, columns: Iterable[int]) -> None:
        """Leave these columns out, unless what is hidden is taken too."""
        if not self.taken:
            self.columns |= set(columns)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of which the first rows have been read."""

    name: str
    start: Start
    hidden: Hidden

    @property
    def rank(self) -> tuple[int, bool]:
        head = self.start.head
        return (head.known if head else 0, self.start.is_table)


def best_table(
    kind: Literal["xlsx", "ods", "xls"],
    sheets: Iterable[Callable[[], Sheet]],
    *,
    answers: Answers,
    work: Work,
) -> Table:
    """Return the table of the sheet that was asked for, or of the best one.

    Each sheet is begun by a call of its own; one that breaks at its beginning is passed over.
    """
    best: Sheet | None = None
    tables: list[str] = []
    passwords: dict[str, bool] = {}
    broken: FileRefused | None = None
    for begin, _count in zip(sheets, range(_SHEETS), strict=False):
        try:
            sheet = begin()
        except FileRefused as refused:
            broken = broken or refused
            continue
        if not sheet.start.rows:
            continue
        if len(sheet.start.rows) > 1:
            tables.append(sheet.name)
        passwords[sheet.name] = sheet.start.has_passwords
        if best is None or sheet.name == answers.sheet:
            best = sheet
            continue
        if best.name != answers.sheet and sheet.rank > best.rank:
            best = sheet
    if best is None:
        raise broken or FileRefused(empty_sentence(), code="file-empty")
    found = best.hidden.found
    del passwords[best.name]
    found.hides_passwords |= any(passwords.values())
    parts = split(
        best.start,
        row_limit=work.row_limit,
        answers=answers,
        found=found,
        hidden=best.hidden.columns,
    )
    return Table(
        kind,
        parts.headings,
        parts.rows,
        sheet=best.name,
        notes=tuple(parts.notes),
        sheets=tuple(name for name in tables if name != best.name),
        found=found,
    )
