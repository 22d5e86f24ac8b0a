"""A figure of both databases, and how many times as much the larger one takes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.figures import rounded

GOAL = 1.5


@dataclass(frozen=True, slots=True)
class Pair:
    """`processor` is the ratio of processor time, which a busy machine does not blur.

    `values` are the smaller database's and the larger one's. Without a goal it only tells how
    much; `met` is None then.
    """

    part: str
    name: str
    unit: str
    values: Sequence[float]
    processor: float | None = None
    has_goal: bool = True

    @property
    def small(self) -> float:
        return self.values[0]

    @property
    def large(self) -> float:
        return self.values[1]

    @property
    def ratio(self) -> float:
        return self.large / self.small

    @property
    def met(self) -> bool | None:
        return self.ratio <= GOAL if self.has_goal else None

    def as_json(self) -> str:
        fields = {
            "part": self.part,
            "name": self.name,
            "unit": self.unit,
            "small": rounded(self.small),
            "large": rounded(self.large),
            "ratio": rounded(self.ratio),
            "processor": None if self.processor is None else rounded(self.processor),
            "met": self.met,
        }
        return json.dumps(fields, ensure_ascii=False)


def table(pairs: Iterable[Pair], small: str, large: str) -> str:
    lines = [("what", small, large, "unit", "ratio", "of processor time", "")]
    words = {True: "met", False: "MISSED", None: ""}
    lines += [
        (
            f"{one.part}: {one.name}",
            f"{rounded(one.small):g}",
            f"{rounded(one.large):g}",
            one.unit,
            f"{one.ratio:.2f}",
            "" if one.processor is None else f"{one.processor:.2f}",
            words[one.met],
        )
        for one in pairs
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
