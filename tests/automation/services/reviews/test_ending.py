"""The end of an access review: what comes of it, once, by whose right, and that it is undone."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.services.undo import undo_batch
from accounts.services.users import block_users, delete_users
from automation.models import Answer, KeptLicense, KeptState, Removal, Review, ReviewState, Subject
from automation.queries.review_results import in_order, result_lines
from automation.services.reviews import (
    carry_out,
    end_due_reviews,
    end_review,
    move_review,
    remind_reviewers,
)
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchState, Via
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.automation.reviewing import (
    LAST_DAY,
    NOW,
    OVER,
    answered,
    batches_of,
    run,
    started,
)
from tests.factories import LicenseRuleFactory, StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.threads import together

KEEP, REMOVE = Answer.KEEP, Answer.REMOVE


def outcomes(review: Review) -> dict[str, tuple[str, str]]:
    review.refresh_from_db()
    return {line.name: (line.outcome, line.why) for line in result_lines(review, in_order(review))}


def test_what_was_answered_is_done_once_the_last_day_is_over(cast: Cast) -> None:
    ben, cleo = UserFactory.create_batch(2, customer=cast.contoso)
    review = started(cast.contoso, [cast.uma, ben, cleo], [cast.gail], actor=cast.alice)
    answered(review, cast.gail, {cast.uma: REMOVE, ben: KEEP})
    # Half an hour before midnight in New York, and a minute after it.
    assert end_due_reviews(datetime(2027, 1, 21, 4, 30, tzinfo=UTC)) == 0
    assert end_due_reviews(datetime(2027, 1, 21, 5, 1, tzinfo=UTC)) == 1
    assert end_due_reviews(OVER) == 0
    [batch] = run(review)
    assert (batch.state, batch.by, batch.via) == (BatchState.DONE, cast.alice, Via.SCHEDULE)
    assert batch.reason == "Access review: Sign-in, January"
    for user, blocked in ((cast.uma, True), (ben, False), (cleo, False)):
        user.refresh_from_db()
        assert (user.blocked_at is not None) == blocked
    event = AuditEvent.objects.get(action="review.ended")
    assert event.actor_id is None
    assert event.changes == {"kept": 1, "removed": 1, "unanswered": 1, "batches": 1}
    assert outcomes(review)[cast.uma.display_name] == ("Sign-in blocked", "")
    undo_batch(batch, actor=cast.alice)
    cast.uma.refresh_from_db()
    assert cast.uma.blocked_at is None
    assert outcomes(review)[cast.uma.display_name] == ("Undone", "")


def test_a_review_that_cannot_end_keeps_no_other_open(cast: Cast) -> None:
    broken = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    other = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    # Nothing that the portal writes.
    Review.objects.filter(pk=broken.pk).update(otherwise="strange")
    with pytest.raises(ValueError, match="strange"):
        end_due_reviews(OVER)
    states = Review.objects.in_bulk([broken.pk, other.pk])
    assert (states[broken.pk].state, states[other.pk].state) == ("open", "ended")


def test_without_an_answer_what_was_chosen_is_done(cast: Cast) -> None:
    ben = UserFactory.create(customer=cast.contoso)
    review = started(
        cast.contoso, [cast.uma, ben], [cast.gail], actor=cast.alice,
        removal=Removal.DELETE, otherwise=Removal.BLOCK,
    )  # fmt: skip
    answered(review, cast.gail, {ben: REMOVE})
    end_review(review, actor=cast.alice, now=NOW)
    assert [batch.kind for batch in run(review)] == ["block", "delete"]
    cast.uma.refresh_from_db()
    ben.refresh_from_db()
    assert (cast.uma.blocked_at is None, cast.uma.deleted_at) == (False, None)
    assert ben.deleted_at is not None
    assert outcomes(review)[ben.display_name] == ("Account deleted", "")


def test_a_license_is_taken_and_given_back_by_undo(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=3, holders=[cast.uma])
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.bob,
        subject=Subject.LICENSE, removal=Removal.LICENSE, subscription=pool,
    )  # fmt: skip
    answered(review, cast.gail, {cast.uma: REMOVE})
    end_review(review, actor=cast.bob, now=NOW)
    [batch] = run(review)
    live = LicenseAssignment.objects.live().filter(user=cast.uma)
    assert (batch.done, live.count()) == (1, 0)
    undo_batch(batch, actor=cast.alice)
    assert live.count() == 1


def test_whose_license_a_rule_gives_lose_it_by_an_exception(cast: Cast) -> None:
    User.objects.filter(customer=cast.contoso).update(usage_location="US")
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=3, holders=[cast.uma])
    rule = LicenseRuleFactory.create(customer=cast.contoso, gives=[pool], is_on=True)
    kept = {"customer": cast.contoso, "subscription": pool, "rule": rule}
    KeptLicense.objects.create(user=cast.uma, state=KeptState.GIVEN, **kept)
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice,
        subject=Subject.LICENSE, removal=Removal.LICENSE, subscription=pool,
        otherwise=Removal.LICENSE,
    )  # fmt: skip
    end_review(review, actor=cast.alice, now=NOW)
    [batch] = run(review)
    assert (batch.done, batch.refusal) == (1, "")
    assert list(rule.exceptions.values_list("user", flat=True)) == [cast.uma.pk]
    assert not LicenseAssignment.objects.live().filter(user=cast.uma).exists()


def test_roles_are_taken(cast: Cast) -> None:
    pam = UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN, Role.BILLING_ADMIN])
    review = started(
        cast.contoso, [pam], [cast.gail], actor=cast.alice,
        subject=Subject.ROLES, removal=Removal.ROLES, otherwise=Removal.ROLES,
    )  # fmt: skip
    end_review(review, actor=cast.gail, now=NOW)
    [batch] = run(review)
    assert (batch.done, batch.by, pam.groups.count()) == (1, cast.alice, 0)


def test_who_has_left_in_between_is_said(cast: Cast) -> None:
    ben, cleo = UserFactory.create_batch(2, customer=cast.contoso)
    review = started(
        cast.contoso, [cast.uma, ben, cleo], [cast.gail], actor=cast.alice,
        otherwise=Removal.BLOCK,
    )  # fmt: skip
    delete_users([ben], customer=cast.contoso, actor=cast.alice)
    end_review(review, actor=cast.alice, now=NOW)
    # And one between the end and the worker.
    delete_users([cleo], customer=cast.contoso, actor=cast.alice)
    run(review)
    found = outcomes(review)
    assert found[ben.display_name] == ("Deleted before the end", "")
    assert found[cleo.display_name] == (
        "Failed",
        f"{cleo.display_name} has been deleted by {cast.alice.display_name}.",
    )
    assert found[cast.uma.display_name] == ("Sign-in blocked", "")


def test_the_right_of_who_started_is_looked_at_again(cast: Cast) -> None:
    agent = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=agent, otherwise=Removal.BLOCK)
    agent.groups.clear()
    assert end_due_reviews(OVER) == 1
    [batch] = run(review)
    assert batch.state == BatchState.FAILED
    outcome, why = outcomes(review)[cast.uma.display_name]
    assert (outcome, why) == ("Not done", batch.refusal)
    # Another one does it, by their own right; once.
    assert carry_out(review, actor=cast.alice) == 1
    with pytest.raises(Refused) as caught:
        carry_out(review, actor=cast.alice)
    assert caught.value.code == "review-all-done"
    second = run(review)[-1]
    assert (second.state, second.by) == (BatchState.DONE, cast.alice)
    assert outcomes(review)[cast.uma.display_name] == ("Sign-in blocked", "")


def test_without_who_started_nothing_is_done_until_another_does(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    Review.objects.update(by=None)
    assert end_due_reviews(OVER) == 1
    assert batches_of(review) == []
    assert outcomes(review)[cast.uma.display_name] == (
        "Not done",
        "The user who started this review no longer exists.",
    )
    assert carry_out(review, actor=cast.gail) == 1
    assert [batch.state for batch in run(review)] == [BatchState.DONE]


def test_an_open_review_is_not_carried_out(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    with pytest.raises(Refused) as caught:
        carry_out(review, actor=cast.alice)
    assert caught.value.code == "review-not-over"


def test_a_review_ends_once(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    end_review(review, actor=cast.alice, now=NOW)
    with pytest.raises(Refused) as caught:
        end_review(review, actor=cast.alice, now=NOW)
    assert caught.value.code == "review-over"
    assert end_due_reviews(OVER) == 0
    review.refresh_from_db()
    assert review.state == ReviewState.ENDED


def test_those_without_an_answer_are_reminded_once_for_each_last_day(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    early, soon = NOW, datetime(2027, 1, 19, 12, tzinfo=UTC)
    assert [remind_reviewers(moment) for moment in (early, soon, soon)] == [0, 1, 0]
    move_review(review, LAST_DAY + timedelta(days=7), actor=cast.alice, now=soon)
    assert [remind_reviewers(moment) for moment in (soon, soon + timedelta(days=7))] == [0, 1]
    assert remind_reviewers(OVER + timedelta(days=7)) == 0


def test_no_key_of_a_form_keeps_reviews_from_ending(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    other = UserFactory.create(customer=cast.contoso)
    for number in range(2):
        key = f"review-{review.pk}-block-{number}"
        unblocked = UserFactory.create(customer=cast.contoso)
        block_users([unblocked], customer=cast.contoso, actor=cast.gail, key=key)
    second = started(cast.contoso, [other], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK)
    assert end_due_reviews(OVER) == 2
    assert [batch.done for one in (review, second) for batch in run(one)] == [1, 1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_click_end_a_review_once(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    # A click in the last second, when by the workers' clock the day is over.
    last = datetime(2027, 1, 21, 4, 59, 59, tzinfo=UTC)
    found = together(
        lambda: end_due_reviews(OVER),
        lambda: end_due_reviews(OVER),
        lambda: bool(end_review(review, actor=cast.alice, now=last)),
    )
    said = sorted(getattr(result, "code", str(result)) for result in found)
    assert said in (["0", "0", "True"], ["0", "1", "review-over"])
    assert len(batches_of(review)) == 1
    assert AuditEvent.objects.filter(action="review.ended").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_answer_at_the_last_moment_counts_or_is_refused(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    answer, _end = together(
        lambda: answered(review, cast.gail, {cast.uma: KEEP}),
        lambda: bool(end_review(review, actor=cast.alice, now=NOW)),
    )
    said = getattr(answer, "code", answer)
    assert (said, len(batches_of(review))) in ((1, 0), ("review-over", 1))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_leaves_the_review_open(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("automation.services.reviews.ending.tell_starter", die)
        with pytest.raises(KeyboardInterrupt):
            end_due_reviews(OVER)
    assert not Batch.objects.exists()
    assert end_due_reviews(OVER) == 1
    [batch] = run(review)
    assert batch.done == 1


def test_what_is_blocked_already_is_said(cast: Cast) -> None:
    ben = UserFactory.create(customer=cast.contoso)
    review = started(
        cast.contoso, [cast.uma, ben], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    end_review(review, actor=cast.alice, now=NOW)
    run(review)
    assert outcomes(review)[cast.uma.display_name] == ("No change needed", "Already blocked.")
