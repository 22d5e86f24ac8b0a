"""Counts as the admin shows them: grouped as the viewer's language does."""

from collections.abc import Iterable
from typing import Any

from ..formats import figure


class Figure(int):
    """A number that Django's pages, which write numbers without groups, show as `figure` does."""

    def __str__(self) -> str:
        return figure(int(self))


def show_figures(row: Any, names: Iterable[str]) -> None:
    """Make these values of a row such numbers: of one that is shown from here on, and not saved."""
    for name in names:
        if (number := getattr(row, name)) is not None:
            setattr(row, name, Figure(number))
