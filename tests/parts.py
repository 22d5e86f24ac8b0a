"""Examples in parts, which `make torture` tries on every core side by side."""

import os
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

PARTS = range(8 if "TORTURE_SECONDS" in os.environ else 1)


def part_of(items: Sequence[Item], part: int) -> Sequence[Item]:
    return items[part :: len(PARTS)]
