"""Two people who change one row: what a page was opened with, against what the row has by now."""

from collections.abc import Mapping


def clash_of(now: Mapping[str, str], seen: Mapping[str, str]) -> str:
    """Return the first field that no longer has the value that was seen, or "" where there is none.

    Asked under the row's lock, of the fields that are to change. A field that nobody has looked at
    clashes with nothing; line ends are another browser's, and no other value.
    """
    old = (name for name, value in now.items() if seen.get(name, value).split() != value.split())
    return next(old, "")
