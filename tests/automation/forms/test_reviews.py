"""The forms of an access review."""

from datetime import date

from automation.forms.reviews import (
    EACH,
    MOST_OF_THEIR_OWN,
    AnotherReviewerForm,
    PickForm,
    ReviewForm,
    first_values,
)
from automation.models import Removal, Subject
from automation.queries.reviews import possible_reviewers
from tests.factories import SubscriptionFactory
from tests.support.cast import Cast


def form_of(cast: Cast, users: int = 1, **changes: object) -> ReviewForm:
    first = first_values("Audit", date(2027, 1, 31), Subject.SIGN_IN, [cast.bob.pk])
    return ReviewForm(
        first | changes,
        subject=Subject.SIGN_IN,
        possible=possible_reviewers(cast.contoso, cast.alice),
        users=users,
    )


def test_nothing_is_removed_but_what_is_chosen(cast: Cast) -> None:
    form = form_of(cast)
    assert form.is_valid()
    facts = form.facts(None)
    assert (facts.removal, facts.otherwise, facts.on) == (
        Removal.BLOCK, "", date(2027, 1, 31),
    )  # fmt: skip
    form = form_of(cast, otherwise="delete")
    assert form.is_valid()
    assert form.facts(None).otherwise == Removal.DELETE


def test_very_many_have_no_reviewer_each(cast: Cast) -> None:
    assert form_of(cast, MOST_OF_THEIR_OWN, who=EACH).is_valid()
    assert set(form_of(cast, MOST_OF_THEIR_OWN + 1, who=EACH).errors) == {"who"}


def test_a_subscription_of_another_customer_is_none(cast: Cast) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    sent = {"pick": "license", "subject": "license", "subscription": other.pk}
    form = PickForm(sent, customer=cast.contoso, actor=cast.alice, selected=False)
    assert form.errors == {"subscription": ["Choose from the list."]}


def test_a_stranger_is_no_reviewer(cast: Cast) -> None:
    possible = possible_reviewers(cast.contoso, cast.alice)
    assert not AnotherReviewerForm({"reviewer": cast.uma.pk}, possible=possible).is_valid()
    form = AnotherReviewerForm({}, possible=possible)
    assert form.errors == {"reviewer": ["Choose a reviewer."]}
