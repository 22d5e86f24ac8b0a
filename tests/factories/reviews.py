from datetime import date
from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from automation.models import Removal, Review, Subject

from .customers import CustomerFactory


class ReviewFactory(DjangoModelFactory[Review]):
    """A review of the sign-in of its `users`, by its `reviewers`, until the end of January 2027."""

    class Meta:
        model = Review

    customer = declarations.SubFactory(CustomerFactory)
    name = declarations.Sequence(lambda number: f"Review {number}")
    subject = Subject.SIGN_IN
    removal = Removal.BLOCK
    key = declarations.Sequence(lambda number: f"review-{number}")
    on = date(2027, 1, 31)

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        users, reviewers = kwargs.pop("users", ()), kwargs.pop("reviewers", ())
        review: Review = super()._create(model_class, *args, **kwargs)
        for user in users:
            item = review.items.create(user=user, customer=review.customer)
            for reviewer in reviewers:
                item.reviewers.create(reviewer=reviewer, customer=review.customer)
        return review
