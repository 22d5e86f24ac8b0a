"""A figure of both databases, and how many times as much the larger one takes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.figures import rounded

GOAL = 1.5


@dataclass(frozen=True, slots=True)
class Pair:
    """`details` tell of either what `millions.clock` does.

    `values` are the smaller database's and the larger one's. Without a goal it only tells how
    much; `met` is None then.
    """

    part: str
    name: str
    unit: str
    values: Sequence[float]
    details: Sequence[Mapping[str, float]] = ()
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
    def by_the_clock(self) -> str:
        if not self.details:
            return ""
        small, large = (one["elapsed"] for one in self.details)
        return f"{large / small:.2f}"

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
            "details": [
                {what: rounded(value) for what, value in one.items()} for one in self.details
            ],
            "met": self.met,
        }
        return json.dumps(fields, ensure_ascii=False)


def table(pairs: Iterable[Pair], small: str, large: str) -> str:
    lines = [("what", small, large, "unit", "ratio", "by the clock", "")]
    words = {True: "met", False: "MISSED", None: ""}
    lines += [
        (
            f"{one.part}: {one.name}",
            f"{rounded(one.small):g}",
            f"{rounded(one.large):g}",
            one.unit,
            f"{one.ratio:.2f}",
            one.by_the_clock,
            words[one.met],
        )
        for one in pairs
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
