"""How many rows there are of each outcome, and the seats that they want."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models import RowOutcome, UploadRow
from .entries import Verdict

# Outcomes that Confirm acts upon.
ACTS = (RowOutcome.ADD, RowOutcome.CHANGE, RowOutcome.RESTORE)


@dataclass(slots=True)
class UploadCounts:
    rows: Counter[str] = field(default_factory=Counter)
    seats: Counter[int] = field(default_factory=Counter)
    # Wrong rows by column and cause, and those of them that have a suggestion.
    causes: Counter[str] = field(default_factory=Counter)
    suggested: Counter[str] = field(default_factory=Counter)
    # Rows by what they are warned of; a row may have several warnings.
    warnings: Counter[str] = field(default_factory=Counter)
    warned: int = 0

    def add(self, outcome: str, seats: Mapping[int, int]) -> None:
        self.rows[outcome] += 1
        self.seats.update(seats)

    def take_off(self, row: UploadRow) -> None:
        self.rows[row.outcome] -= 1
        self.seats.subtract(seats_of(row))
        self.warnings.subtract({each["cause"] for each in warnings_of(row)})
        self.warned -= row.warns
        if row.outcome == RowOutcome.WRONG:
            self.causes.subtract({cause_of(each) for each in row.problems})
            self.suggested.subtract({cause_of(each) for each in row.problems if each["suggestion"]})

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self.add(verdict.outcome, verdict.seats)
            if warnings := verdict.entry.warnings:
                self.warnings.update(warnings)
                self.warned += 1
            if verdict.outcome == RowOutcome.WRONG:
                found = [problem.as_json() for problem in verdict.entry.problems]
                self.causes.update({cause_of(each) for each in found})
                self.suggested.update({cause_of(each) for each in found if each["suggestion"]})

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    @property
    def acts(self) -> int:
        """Return how many rows Confirm does something for."""
        return sum(self.rows[outcome] for outcome in ACTS)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": {name: count for name, count in self.rows.items() if count},
            "seats": {str(pk): count for pk, count in self.seats.items() if count},
            "causes": {name: count for name, count in self.causes.items() if count},
            "suggested": {name: count for name, count in self.suggested.items() if count},
            "warnings": {name: count for name, count in self.warnings.items() if count},
            "warned": self.warned,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        seats = {int(pk): count for pk, count in found.get("seats", {}).items()}
        return cls(
            Counter(found.get("rows", {})),
            Counter(seats),
            Counter(found.get("causes", {})),
            Counter(found.get("suggested", {})),
            Counter(found.get("warnings", {})),
            found.get("warned", 0),
        )


def cause_of(problem: Mapping[str, str]) -> str:
    """Return what a problem is summed up by; rows of before have no cause."""
    return f"{problem['column']} {problem.get('cause', '')}"


def warnings_of(row: UploadRow) -> list[dict[str, str]]:
    """Return the notices that are to be looked at; those of rows of before have no cause."""
    return [each for each in row.notices if each.get("cause")]


def told_of(row: UploadRow) -> list[tuple[str, dict[str, str]]]:
    """Return what is wrong with a row, and its warnings, each with what it is summed up by.

    Of a warning that is its cause in any column.
    """
    wrong = [(cause_of(each), each) for each in row.problems]
    return [*wrong, *((f" {each['cause']}", each) for each in warnings_of(row))]


def seats_of(row: UploadRow) -> dict[int, int]:
    return {int(pk): count for pk, count in row.seats.items()}


def missing_seats(tally: UploadCounts, free: Mapping[int, int]) -> dict[int, int]:
    """Return how many seats each subscription lacks for what the rows want."""
    return {
        pk: wanted - free.get(pk, 0)
        for pk, wanted in sorted(tally.seats.items())
        if wanted > free.get(pk, 0)
    }
