"""The end of a review by the customer's clock."""

from datetime import UTC, date, datetime

import pytest

from automation.models import Review
from automation.services.reviews.timing import ends_at, today_of
from customers.models import Customer


@pytest.mark.parametrize(
    "zone, on, end",
    [
        ("UTC", date(2027, 1, 31), datetime(2027, 2, 1, tzinfo=UTC)),
        ("Europe/Berlin", date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
        ("America/New_York", date(2027, 3, 14), datetime(2027, 3, 15, 4, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2027, 1, 31), datetime(2027, 1, 31, 10, tzinfo=UTC)),
        # There the clocks are put forward at midnight: the day begins at one.
        ("Africa/Cairo", date(2027, 4, 29), datetime(2027, 4, 29, 22, tzinfo=UTC)),
    ],
)
def test_it_ends_with_its_last_day(zone: str, on: date, end: datetime) -> None:
    assert ends_at(Review(customer=Customer(time_zone=zone), on=on)) == end


def test_another_zone_moves_the_end_along() -> None:
    customer = Customer(time_zone="Asia/Tokyo")
    review = Review(customer=customer, on=date(2027, 1, 31))
    before = ends_at(review)
    customer.time_zone = "America/Los_Angeles"
    assert (ends_at(review) - before).total_seconds() == 17 * 3600
    assert today_of(customer, datetime(2027, 1, 31, 3, tzinfo=UTC)) == date(2027, 1, 30)
