"""What a review can end in, and what the database holds it to."""

import pytest
from django.db import IntegrityError, transaction

from automation.models import GRAVE, REMOVALS, Removal, Review, Subject
from tests.factories import ReviewFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_it_is_grave_where_administrators_or_accounts_can_go() -> None:
    assert not Review(removal=Removal.BLOCK).is_grave
    assert Review(removal=Removal.BLOCK, otherwise=Removal.DELETE).is_grave
    assert {removal for removal in Removal if Review(removal=removal).is_grave} == GRAVE
    assert {removal for some in REMOVALS.values() for removal in some} == set(Removal)


def test_a_review_of_a_license_has_one_and_no_other_has(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    for wrong in ({"subject": Subject.LICENSE}, {"subscription": pool}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewFactory.create(customer=cast.contoso, **wrong)


@pytest.mark.postgres
def test_it_refers_to_nothing_of_another_customer(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.northwind)
    review = ReviewFactory.create(customer=cast.contoso)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewFactory.create(
            customer=cast.contoso, subject=Subject.LICENSE, removal="license", subscription=pool
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        review.items.create(user=cast.uma, customer=cast.northwind)


def test_it_is_called_by_its_name(cast: Cast) -> None:
    review = ReviewFactory.create(customer=cast.contoso, users=[cast.uma], reviewers=[cast.gail])
    item = review.items.get()
    assert (str(review), str(item)) == (review.name, f"{review.name} ({item.pk})")
    assert str(item.reviewers.get()) == f"{item.pk}/{cast.gail.pk}"
