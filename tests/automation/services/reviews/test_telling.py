"""What is told of an access review, each once."""

from datetime import timedelta

from automation.models import Notice, Removal
from automation.services.reviews import (
    ask_another,
    end_due_reviews,
    move_review,
    remind_reviewers,
)
from tests.automation.reviewing import LAST_DAY, NOW, OVER, started
from tests.factories import UserFactory
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
