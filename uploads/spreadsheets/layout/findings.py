"""What was left out of a table or done with it, said in sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.text import Truncator

from customers.formats import figure
from customers.said import ngettext

from ...columns.secrets import is_secret

_QUOTED = 3
_QUOTED_LENGTH = 40
_NAMED = 9


@dataclass(slots=True)
class Found:
    """What is known only once all rows of a table have been walked."""

    hidden_rows: int = 0
    hidden_columns: tuple[str, ...] = ()
    # Rows with notes after the table, of headings repeated within it, and of another table below.
    after: int = 0
    repeated: int = 0
    other: int = 0
    # Passwords stand in a hidden column, or on another sheet.
    hides_passwords: bool = False
    # The first of the notes.
    quoted: list[str] = field(default_factory=list)

    def quote(self, cells: Sequence[str]) -> None:
        self.after += 1
        if len(self.quoted) < _QUOTED:
            self.quoted.append(_first_text(cells))

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for each of them that is not none."""
        after = ngettext(
            "Skipped after the table: %(count)s row (%(quoted)s)",
            "Skipped after the table: %(count)s rows (%(quoted)s)",
            self.after,
        )
        repeated = ngettext(
            "Skipped %(count)s row that repeats the headings.",
            "Skipped %(count)s rows that repeat the headings.",
            self.repeated,
        )
        other = ngettext(
            "Skipped %(count)s row of another table below. Upload it as a file of its own.",
            "Skipped %(count)s rows of another table below. Upload it as a file of its own.",
            self.other,
        )
        hidden = ngettext(
            "%(count)s hidden row was skipped.",
            "%(count)s hidden rows were skipped.",
            self.hidden_rows,
        )
        columns = ngettext(
            "A hidden column was skipped: %(names)s",
            "Hidden columns were skipped: %(names)s",
            len(self.hidden_columns),
        )
        names = [Truncator(name).chars(_QUOTED_LENGTH) for name in self.hidden_columns[:_NAMED]]
        if len(self.hidden_columns) > _NAMED:
            names.append("…")
        told = (
            (self.after, _quoting(after, self.quoted, self.after)),
            (self.repeated, repeated % {"count": figure(self.repeated)}),
            (self.other, other % {"count": figure(self.other)}),
            (self.hidden_rows, hidden % {"count": figure(self.hidden_rows)}),
            (len(self.hidden_columns), columns % {"names": ", ".join(names)}),
        )
        return tuple(text for count, text in told if count)


def above_note(rows: Sequence[Sequence[str]]) -> str:
    """Return the sentence on rows above the headings."""
    text = ngettext(
        "Skipped above the headings: %(count)s row (%(quoted)s)",
        "Skipped above the headings: %(count)s rows (%(quoted)s)",
        len(rows),
    )
    return _quoting(text, [_first_text(cells) for cells in rows[:_QUOTED]], len(rows))


def _quoting(text: str, quoted: Iterable[str], count: int) -> str:
    shown = [f"“{each}”" for each in quoted]
    if count > len(shown):
        shown.append("…")
    return text % {"count": figure(count), "quoted": ", ".join(shown)}


def _first_text(cells: Sequence[str]) -> str:
    """Return the beginning of a row; nothing of one that speaks of passwords."""
    if any(map(is_secret, cells)):
        return "…"
    first = next((cell for cell in cells if cell.strip()), "")
    return Truncator(" ".join(first.split())).chars(_QUOTED_LENGTH)
