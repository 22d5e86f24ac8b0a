"""Examples in parts, which `make torture` tries on every core side by side."""

import os
from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from hypothesis import settings

Item = TypeVar("Item")

PARTS = range(8 if "TORTURE_SECONDS" in os.environ else 1)


def part_of(items: Sequence[Item], part: int) -> Sequence[Item]:
    return items[part :: len(PARTS)]


def lives_in_a_part(*, least: int) -> int:
    """How many examples of many steps, each of which takes as long as a page: a tenth of what
    other properties have, in all parts together.
    """
    return max(least, ceil(settings().max_examples // 10 / len(PARTS)))
