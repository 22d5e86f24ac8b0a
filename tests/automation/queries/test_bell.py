"""The bell's figure and words; who has which: tests/partnerportal/frame/test_at_work.py."""

import pytest

from automation.queries.bell import Bell


@pytest.mark.parametrize(
    ("new", "figure", "label"),
    [
        (0, "", "Notices"),
        (1, "1", "Notices: 1 new"),
        (99, "99", "Notices: 99 new"),
        (100, "99+", "Notices: more than 99 new"),
    ],
)
def test_it_counts_to_99(new: int, figure: str, label: str) -> None:
    bell = Bell(new)
    assert (bell.figure, bell.label) == (figure, label)
