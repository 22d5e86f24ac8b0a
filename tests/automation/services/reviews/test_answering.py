"""Answers of an access review."""

import pytest

from accounts.services.users import block_users
from automation.models import Answer
from automation.services.reviews import (
    Given,
    cancel_review,
    give_answers,
)
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.automation.reviewing import NOW, OVER, answered, started
from tests.factories import UserFactory
from tests.support.cast import Cast

KEEP, REMOVE = Answer.KEEP, Answer.REMOVE


def test_many_are_answered_at_once_and_changed_until_the_end(cast: Cast) -> None:
    ben = UserFactory.create(customer=cast.contoso)
    review = started(cast.contoso, [cast.uma, ben], [cast.gail], actor=cast.alice)
    assert answered(review, cast.gail, {cast.uma: KEEP, ben: REMOVE}, word="left the team") == 2
    assert answered(review, cast.gail, {cast.uma: REMOVE}) == 1
    assert answered(review, cast.gail, {cast.uma: REMOVE}) == 0
    item = review.items.get(user=cast.uma)
    assert (item.answer, item.word, item.answered_by) == (REMOVE, "", cast.gail)
    events = AuditEvent.objects.filter(action="review.answered").order_by("pk")
    about_uma = [event.changes["answer"] for event in events if event.target_id == cast.uma.pk]
    assert about_uma == ["keep", ["keep", "remove"]]
    assert {event.reason for event in events if event.target_id == ben.pk} == {"left the team"}


def test_all_the_rest_is_kept_but_what_others_have_answered(cast: Cast) -> None:
    ben, cleo = UserFactory.create_batch(2, customer=cast.contoso)
    review = started(cast.contoso, [cast.uma, ben, cleo], [cast.gail, cast.bob], actor=cast.alice)
    answered(review, cast.bob, {cleo: REMOVE})
    item = review.items.get(user=ben)
    count = give_answers(review, {item.pk: Given(REMOVE)}, actor=cast.gail, keep_rest=True, now=NOW)
    assert count == 2
    found = dict(review.items.values_list("user", "answer"))
    assert found == {cast.uma.pk: KEEP, ben.pk: REMOVE, cleo.pk: REMOVE}


def test_nobody_answers_about_themself_nor_where_they_were_not_asked(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.gail], actor=cast.alice)
    for user, reviewer in ((cast.gail, cast.gail), (cast.uma, cast.alice), (cast.uma, cast.bob)):
        with pytest.raises(Refused) as caught:
            answered(review, reviewer, {user: KEEP})
        assert caught.value.code == "not-your-question"
    # Not by keeping all the rest either.
    assert give_answers(review, {}, actor=cast.gail, keep_rest=True, now=NOW) == 1
    assert review.items.get(user=cast.gail).answer == ""
    assert answered(review, cast.alice, {cast.gail: KEEP}) == 1


def test_a_reviewer_without_a_role_or_access_answers_no_more(cast: Cast) -> None:
    pam = UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN])
    review = started(cast.contoso, [cast.uma], [pam, cast.gail], actor=cast.alice)
    pam.groups.clear()
    with pytest.raises(Refused) as caught:
        answered(review, pam, {cast.uma: KEEP})
    assert caught.value.code == "role-lacks-it"
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        answered(review, cast.gail, {cast.uma: KEEP})
    assert caught.value.code == "actor-gone"


def test_nothing_is_answered_after_the_end(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    given = {review.items.get().pk: Given(REMOVE)}
    with pytest.raises(Refused) as caught:
        give_answers(review, given, actor=cast.gail, now=OVER)
    assert caught.value.code == "review-over"
    cancel_review(review, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        give_answers(review, given, actor=cast.gail, now=NOW)
    assert caught.value.code == "review-over"
