"""What the form of one row says of its cells."""

import pytest

from uploads.spreadsheets import COLUMN_LIMIT
from uploads.views.row import read_cells


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        ({}, {}),
        ({"cell-0": "ada", "cell-12": ""}, {0: "ada", 12: ""}),
        ({"cell-0": "typed", "use-0": "suggested"}, {0: "suggested"}),
        ({"use-0": "suggested", "cell-0": "typed"}, {0: "suggested"}),
        ({"cell-x": "a", "cell-": "b", "cell--1": "c", "0": "d", "other": "e"}, {}),
        ({f"cell-{COLUMN_LIMIT + 1}": "far"}, {}),
    ],
)
def test_cells_are_read_by_their_place(data: dict[str, str], cells: dict[int, str]) -> None:
    assert read_cells(data) == cells
