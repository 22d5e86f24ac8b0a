"""Two people who change one row: what a page was opened with, against what the row has by now."""

from collections.abc import Iterable, Mapping
from typing import Any


def same(one: str, other: str) -> bool:
    """Return whether these are one value: line ends are another browser's, and what stands on
    lines, such as host names, has no order.
    """
    return _lines(one) == _lines(other)


def clash_of(now: Mapping[str, str], seen: Mapping[str, str]) -> str:
    """Return the first field that no longer has the value that was seen, or "" where there is none.

    Asked under the row's lock, of the fields that are to change. A field that nobody has looked at
    clashes with nothing.
    """
    old = (name for name, value in now.items() if not same(seen.get(name, value), value))
    return next(old, "")


def text_of_several(values: Iterable[Any]) -> str:
    """Return values that have no order, such as roles or ids, as one to carry and to compare."""
    return "|".join(sorted(map(str, values)))


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip()}
