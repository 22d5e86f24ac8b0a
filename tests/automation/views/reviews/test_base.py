"""The words that pages of access reviews share."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from automation.models import REMOVALS, Removal, Review, ReviewState, Subject
from automation.views.reviews.base import outcome_points, state_of
from tests.factories import ReviewFactory
from tests.support.cast import Cast


@pytest.mark.parametrize("subject", Subject.values)
def test_each_removal_has_its_sentences(subject: str) -> None:
    for removal in REMOVALS[subject]:
        points = outcome_points(Review(subject=subject, removal=removal, otherwise=removal))
        assert len(points) == (3 if removal == Removal.LICENSE else 2)
    kept = Review(removal=Removal.BLOCK)
    assert outcome_points(kept)[1] == "Nothing changes for users without an answer."


def test_an_open_one_says_until_when() -> None:
    assert state_of(Review(on=date(2027, 1, 31))).label == "Open until 31 Jan 2027"
    assert state_of(Review(state=ReviewState.ENDED)).label == "Ended"
    assert state_of(Review(state=ReviewState.CANCELED)).label == "Canceled"


def test_a_review_of_another_customer_is_a_404(client: Client, cast: Cast) -> None:
    other = ReviewFactory.create(customer=cast.northwind)
    client.force_login(cast.alice)
    url = reverse("automation:review-detail", args=[cast.contoso.pk, other.pk])
    assert client.get(url).status_code == 404
