"""What the activity log says of schedules."""

import pytest

from customers.log.history import describe
from tests.customers.log.test_history import event


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"scheduled": "block", "people": 3}, ["Action: Block sign-in", "Users: 3"]),
        ({"left_out_of": "delete"}, ["Removed from schedule: Delete user accounts"]),
        ({"zone": ["UTC", "Asia/Tokyo"]}, ["Time zone: UTC → Asia/Tokyo"]),
        ({"due_at": "2027-02-01T18:00:00+00:00"}, ["Due: 1 Feb 2027, 18:00"]),
    ],
)
def test_values_are_called_as_on_the_pages(changes: dict[str, object], expected: list[str]) -> None:
    assert describe(event(changes)) == expected
