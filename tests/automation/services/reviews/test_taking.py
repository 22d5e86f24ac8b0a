"""Who may manage a review, and that one that has ended is not taken."""

import pytest

from automation.models import Removal, Review, Subject
from automation.services.reviews.taking import check_may_manage, may_manage, take_open
from customers.errors import Refused
from tests.automation.reviewing import NOW, OVER
from tests.factories import ReviewFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_who_gives_licenses_manages_reviews_of_these_alone(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    of_license = ReviewFactory.create(
        customer=cast.contoso, subject=Subject.LICENSE, removal=Removal.LICENSE, subscription=pool
    )
    of_sign_in = ReviewFactory.create(customer=cast.contoso)
    assert [may_manage(review, cast.bob) for review in (of_license, of_sign_in)] == [True, False]
    with pytest.raises(Refused):
        check_may_manage(of_sign_in, actor=cast.bob)


def test_one_whose_last_day_is_over_is_not_taken(cast: Cast) -> None:
    review: Review = ReviewFactory.create(customer=cast.contoso, on=NOW.date())
    assert take_open(review, NOW) == review
    with pytest.raises(Refused) as caught:
        take_open(review, OVER)
    assert caught.value.code == "review-over"
