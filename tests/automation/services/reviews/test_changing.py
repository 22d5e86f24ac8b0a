"""Changes of an access review that is open."""

from datetime import timedelta

import pytest

from accounts.models import User
from automation.models import Answer, ReviewState
from automation.services.reviews import ask_another, cancel_review, end_review, move_review
from customers.errors import Refused
from customers.models import AuditEvent, Batch
from customers.roles import Role
from tests.automation.reviewing import LAST_DAY, NOW, answered, started
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_the_last_day_is_moved_and_told_in_the_log(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    later = LAST_DAY + timedelta(days=7)
    assert move_review(review, later, actor=cast.alice, now=NOW)
    assert not move_review(review, later, actor=cast.alice, now=NOW)
    review.refresh_from_db()
    assert review.on == later
    [event] = AuditEvent.objects.filter(action="review.changed")
    assert event.changes == {"last_day": ["2027-01-20", "2027-01-27"]}
    with pytest.raises(Refused) as caught:
        move_review(review, NOW.date() - timedelta(days=1), actor=cast.alice, now=NOW)
    assert caught.value.code == "review-day-over"


def test_another_reviewer_is_asked_about_all_without_an_answer(cast: Cast) -> None:
    ben = UserFactory.create(customer=cast.contoso)
    review = started(cast.contoso, [cast.uma, ben, cast.gail], [cast.bob], actor=cast.alice)
    answered(review, cast.bob, {ben: Answer.KEEP})
    # Not about herself, nor about whom there is an answer.
    assert ask_another(review, cast.gail.pk, actor=cast.alice, now=NOW) == 1
    assert ask_another(review, cast.gail.pk, actor=cast.alice, now=NOW) == 0
    assert answered(review, cast.gail, {cast.uma: Answer.KEEP}) == 1
    with pytest.raises(Refused) as caught:
        ask_another(review, cast.charlie.pk, actor=cast.alice, now=NOW)
    assert caught.value.code == "reviewer-not-possible"


def test_a_canceled_review_does_nothing(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise="block")
    cancel_review(review, actor=cast.alice)
    review.refresh_from_db()
    assert review.state == ReviewState.CANCELED
    assert not Batch.objects.exists()
    with pytest.raises(Refused) as caught:
        cancel_review(review, actor=cast.alice)
    assert caught.value.code == "review-over"


def test_it_is_managed_by_those_who_reach_all_users_and_by_who_started_it(cast: Cast) -> None:
    ulla, ulf = (
        UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]) for _ in range(2)
    )
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=ulla)

    def code(actor: User) -> str:
        try:
            move_review(review, LAST_DAY + timedelta(days=1), actor=actor, now=NOW)
            move_review(review, LAST_DAY, actor=actor, now=NOW)
        except Refused as refused:
            return refused.code
        return ""

    assert {name: code(user) for name, user in vars(cast).items() if isinstance(user, User)} == {
        "alice": "",
        "bob": "role-lacks-it",
        "sally": "role-lacks-it",
        "charlie": "customer-not-open",
        "gail": "",
        "uma": "role-lacks-it",
        "support": "",
    }
    assert (code(ulla), code(ulf)) == ("", "review-not-yours")
    with pytest.raises(Refused):
        end_review(review, actor=ulf, now=NOW)
    with pytest.raises(Refused):
        cancel_review(review, actor=ulf)
