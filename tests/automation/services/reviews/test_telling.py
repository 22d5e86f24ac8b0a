"""What is told of an access review, each once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services.users import delete_users
from automation.models import Answer, Notice, Removal, Review, ReviewState
from automation.services.reviews import (
    ask_another,
    cancel_review,
    end_due_reviews,
    end_review,
    move_review,
    remind_reviewers,
    start_review,
)
from automation.services.reviews.telling import end_questions
from customers.roles import Role
from tests.automation.reviewing import LAST_DAY, NOW, OVER, answered, facts, started
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.order_by("pk").values_list("user__display_name", "facts__what")
    return list(rows)


def test_reviewers_are_told_once_and_reminded_and_the_starter_of_the_end(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    assert told() == [("Gail", "asked")]
    notice = Notice.objects.get()
    assert (notice.url, notice.customer) == (f"/reviews/{review.pk}/", cast.contoso)
    ask_another(review, cast.bob.pk, actor=cast.alice, now=NOW)
    ask_another(review, cast.bob.pk, actor=cast.alice, now=NOW)
    assert told()[1:] == [("Bob", "asked")]
    soon = OVER - timedelta(days=2)
    remind_reviewers(soon)
    remind_reviewers(soon)
    assert sorted(told()[2:]) == [("Bob", "reminded"), ("Gail", "reminded")]
    move_review(review, LAST_DAY + timedelta(days=3), actor=cast.alice, now=soon)
    remind_reviewers(soon + timedelta(days=3))
    assert len(told()) == 6
    end_due_reviews(OVER + timedelta(days=3))
    end_due_reviews(OVER + timedelta(days=3))
    assert told()[6:] == [("Alice", "ended")]


def test_many_reviewers_are_told_by_few_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    users = UserFactory.create_batch(20, customer=cast.contoso)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        started(cast.contoso, users, [cast.gail, cast.bob, cast.sally], actor=cast.alice)
    assert Notice.objects.count() == 3


def standing() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(ended_at=None)
    return sorted(rows.values_list("user__display_name", "facts__what"))


def test_what_waits_for_nobody_any_longer_is_new_to_nobody(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    reviewers = [cast.gail, cast.bob]
    review = started(cast.contoso, [cast.uma, other], reviewers, actor=cast.alice)
    answered(review, cast.gail, {cast.uma: Answer.KEEP})
    assert standing() == [("Bob", "asked"), ("Gail", "asked")]
    remind_reviewers(OVER - timedelta(days=2))
    assert len(standing()) == 4
    answered(review, cast.gail, {other: Answer.KEEP})
    assert standing() == []
    assert not Notice.objects.new().exists()


@pytest.mark.parametrize("over", [cancel_review, end_review])
def test_a_review_that_is_over_waits_for_nobody(cast: Cast, over: Callable[..., object]) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    other = started(cast.contoso, [cast.uma], [cast.bob], actor=cast.alice)
    over(review, actor=cast.alice)
    assert ("Gail", "asked") not in standing()
    assert ("Bob", "asked") in standing()
    Review.objects.filter(pk=other.pk).update(state=ReviewState.CANCELED)
    assert end_questions() == 1
    assert end_questions() == 0
    assert {what for _who, what in standing()} <= {"ended"}


def test_who_has_left_or_can_no_longer_answer_is_not_reminded_of(cast: Cast) -> None:
    soon = OVER - timedelta(days=2)
    started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    second = UserFactory.create(customer=cast.contoso)
    started(cast.contoso, [second], [limited], actor=cast.alice)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    User.objects.filter(pk=limited.pk).update(limited_to_customers=True)
    remind_reviewers(soon)
    assert "reminded" not in {what for _who, what in told()}


def test_who_was_asked_before_is_told_of_more(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    asked = {cast.uma.pk: [cast.gail.pk], other.pk: [cast.bob.pk]}
    review = start_review(facts(), asked, customer=cast.contoso, actor=cast.alice, now=NOW)
    assert ask_another(review, cast.gail.pk, actor=cast.alice, now=NOW) == 1
    assert told()[2:] == [("Gail", "asked")]
    assert standing() == [("Bob", "asked"), ("Gail", "asked")]


def test_who_is_asked_on_the_last_days_is_told_once(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, on=NOW.date())
    assert remind_reviewers(NOW + timedelta(hours=1)) == 0
    assert told() == [("Gail", "asked")]
    move_review(review, LAST_DAY, actor=cast.alice, now=NOW)
    assert remind_reviewers(OVER - timedelta(days=2)) == 1


def test_what_reviewers_were_told_names_the_last_day_of_now(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    soon = OVER - timedelta(days=2)
    remind_reviewers(soon)
    later = LAST_DAY + timedelta(days=9)
    move_review(review, later, actor=cast.alice, now=soon)
    notice = Notice.objects.get(ended_at=None)
    assert notice.facts == {
        "what": "asked",
        "review": review.name,
        "last_day": later.isoformat(),
    }
