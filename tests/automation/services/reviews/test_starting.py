"""Starting an access review."""

from datetime import timedelta
from typing import Any

import pytest

from automation.models import Removal, Review, ReviewReviewer, Subject
from automation.services.reviews import start_review
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.automation.reviewing import LAST_DAY, NOW, facts, started
from tests.factories import StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.code


def test_its_users_are_frozen_and_each_has_its_reviewers(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.bob, cast.gail], actor=cast.alice)
    named = ReviewReviewer.objects.values_list("item__user", "reviewer")
    assert set(named) == {
        (cast.uma.pk, cast.bob.pk),
        (cast.uma.pk, cast.gail.pk),
        # Nobody is asked about themself.
        (cast.gail.pk, cast.bob.pk),
    }
    event = AuditEvent.objects.get(action="review.started")
    assert event.target_id == review.pk
    assert (event.changes["users"], event.changes["reviewers"]) == (2, 2)


def test_a_reviewer_who_is_reviewed_alone_is_asked_about_by_who_started(cast: Cast) -> None:
    review = started(cast.contoso, [cast.gail], [cast.gail], actor=cast.alice)
    item = review.items.get()
    assert list(item.reviewers.values_list("reviewer", flat=True)) == [cast.alice.pk]


def test_who_starts_is_not_in_it_and_alone_is_refused(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.gail], actor=cast.gail)
    assert list(review.items.values_list("user", flat=True)) == [cast.uma.pk]
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.gail], [cast.gail], actor=cast.gail)
    assert code_of(caught) == "nobody-to-review"


def test_the_same_form_twice_starts_one(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, key="once")
    with pytest.raises(AlreadyDone) as caught:
        started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, key="once")
    assert caught.value.batch == review
    assert Review.objects.count() == 1


def test_the_key_of_another_ones_form_is_refused(cast: Cast) -> None:
    started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, key="once")
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.gail], actor=cast.gail, key="once")
    assert code_of(caught) == "malformed"


def test_reviewers_are_those_who_can_see_the_users(cast: Cast) -> None:
    blocked = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], blocked_at=NOW)
    elsewhere = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    for stranger in (cast.charlie, cast.uma, cast.support, blocked, elsewhere):
        with pytest.raises(Refused) as caught:
            started(cast.contoso, [cast.uma], [stranger], actor=cast.alice)
        assert code_of(caught) == "reviewer-not-possible"
    elsewhere.allowed_customers.add(cast.contoso)
    started(cast.contoso, [cast.uma], [elsewhere], actor=cast.alice)


def test_a_customers_administrator_asks_nobody_of_the_partner(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.alice], actor=cast.gail)
    assert code_of(caught) == "reviewer-not-possible"


def test_each_user_needs_a_reviewer(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [], actor=cast.alice)
    assert code_of(caught) == "reviewer-missing"


def test_roles_are_reviewed_of_administrators_alone(cast: Cast) -> None:
    review = started(
        cast.contoso,
        [cast.uma, cast.gail],
        [cast.bob],
        actor=cast.alice,
        subject=Subject.ROLES,
        removal=Removal.ROLES,
    )
    assert list(review.items.values_list("user", flat=True)) == [cast.gail.pk]


def test_a_license_is_reviewed_of_those_who_have_it(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=3, holders=[cast.uma])
    known: dict[str, Any] = {
        "subject": Subject.LICENSE,
        "removal": Removal.LICENSE,
        "subscription": pool,
    }
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.gail], actor=cast.bob, **known)
    assert list(review.items.values_list("user", flat=True)) == [cast.uma.pk]
    other = SubscriptionFactory.create(customer=cast.northwind, quantity=3)
    known["subscription"] = other
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, **known)
    assert code_of(caught) == "review-subscription-gone"


def test_administrators_are_out_of_reach_of_a_user_administrator(cast: Cast) -> None:
    ulla = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.gail], actor=ulla)
    assert list(review.items.values_list("user", flat=True)) == [cast.uma.pk]


def test_who_gives_licenses_alone_reviews_no_sign_in(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.gail], actor=cast.bob)
    assert code_of(caught) == "role-lacks-it"


@pytest.mark.parametrize("days, code", [(-1, "review-day-over"), (367, "review-day-far")])
def test_the_last_day_is_to_come_and_within_a_year(cast: Cast, days: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        started(
            cast.contoso, [cast.uma], [cast.bob], actor=cast.alice,
            on=NOW.date() + timedelta(days=days),
        )  # fmt: skip
    assert code_of(caught) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"removal": Removal.LICENSE},
        {"otherwise": Removal.ROLES},
        {"subject": Subject.LICENSE, "removal": Removal.LICENSE},
        {"subject": "nothing"},
    ],
)
def test_what_no_form_sends_is_refused(cast: Cast, changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, **changes)
    assert code_of(caught) == "malformed"


def test_a_name_is_needed(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice, name="  ")
    assert code_of(caught) == "review-name-missing"


def test_users_of_another_customer_are_not_in_it(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    review = started(cast.contoso, [cast.uma, stranger], [cast.bob], actor=cast.alice)
    assert list(review.items.values_list("user", flat=True)) == [cast.uma.pk]


def test_more_than_can_be_looked_at_are_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.services.reviews.starting.MOST", 1)
    with pytest.raises(Refused) as caught:
        started(cast.contoso, [cast.uma, cast.gail], [cast.bob], actor=cast.alice)
    assert code_of(caught) == "review-too-large"


def test_it_costs_as_many_queries_for_many_as_for_one(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    users = UserFactory.create_batch(40, customer=cast.contoso)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        start_review(
            facts(on=LAST_DAY),
            {user.pk: [cast.bob.pk, cast.gail.pk] for user in users},
            customer=cast.contoso,
            actor=cast.alice,
            now=NOW,
        )
