"""The seats of a restore: how many are free, and how many too many are given."""

import pytest

from accounts.forms.restore_rows import ShortSeats
from licensing.models import Subscription, SubscriptionStatus


def seats(
    *, quantity: int, assigned: int, given: int, status: str = SubscriptionStatus.ACTIVE
) -> ShortSeats:
    row = Subscription(quantity=quantity, assigned=assigned, status=status)
    return ShortSeats(row, wanted=10, given=given, elsewhere=0)


@pytest.mark.parametrize("given, too_many", [(0, 0), (2, 0), (3, 1), (10, 8)])
def test_too_many_are_those_beyond_the_free_seats(given: int, too_many: int) -> None:
    short = seats(quantity=5, assigned=3, given=given)
    assert (short.free, short.too_many) == (2, too_many)


def test_a_full_subscription_has_none_to_give() -> None:
    short = seats(quantity=5, assigned=5, given=1)
    assert (short.free, short.too_many) == (0, 1)


@pytest.mark.parametrize("status", [SubscriptionStatus.SUSPENDED, SubscriptionStatus.CANCELED])
def test_seats_of_a_subscription_that_is_not_active_are_not_free(status: str) -> None:
    short = seats(quantity=5, assigned=0, given=1, status=status)
    assert (short.free, short.too_many) == (0, 1)
