"""A figure: what was measured, and whether it is within its goal."""

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` and `met` are None for a yardstick, which only tells what the others relate to."""

    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None

    def as_json(self) -> str:
        fields = {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "met": self.met,
        }
        return json.dumps(fields, ensure_ascii=False)


def at_most(limit: float, name: str, value: float, unit: str) -> Figure:
    return Figure(name, value, unit, f"<= {limit:g}", value <= limit)


def at_least(limit: float, name: str, value: float, unit: str) -> Figure:
    return Figure(name, value, unit, f">= {limit:g}", value >= limit)


def yardstick(name: str, value: float, unit: str) -> Figure:
    return Figure(name, value, unit)


def rounded(value: float) -> float:
    """Three digits that mean something; counts stay whole."""
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)


def table(figures: Iterable[Figure]) -> str:
    rows = [("what", "value", "unit", "goal", "")]
    words = {True: "met", False: "MISSED", None: ""}
    rows += [
        (row.name, f"{rounded(row.value):g}", row.unit, row.goal or "", words[row.met])
        for row in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, value, *rest = row
    cells = [name.ljust(widths[0]), value.rjust(widths[1])]
    cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
    return "  ".join(cells).rstrip()
