"""What came of each user of a review, in words."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services.users import delete_users
from accounts.services.users.purging import remove_users
from automation.models import Removal, Review
from automation.queries.review_results import DONE, in_order, result_lines
from automation.services.reviews import carry_out, end_review
from customers.models import Batch, BatchState
from tests.automation.reviewing import NOW, batches_of, run, started
from tests.factories import UserFactory
from tests.support.cast import Cast


def ended_for(cast: Cast, *users: User, removal: Removal = Removal.BLOCK) -> Review:
    """Return a review that has ended with nobody's answer about these users, which removes them."""
    review = started(cast.contoso, users, [cast.gail], actor=cast.alice, removal=removal,
                     otherwise=removal)  # fmt: skip
    return end_review(review, actor=cast.alice, now=NOW)


def told_of(review: Review) -> dict[str, tuple[str, str]]:
    review.refresh_from_db()
    return {line.name: (line.outcome, line.why) for line in result_lines(review, in_order(review))}


def remove(cast: Cast, user: User) -> None:
    """Delete the user permanently."""
    user.refresh_from_db()
    if user.deleted_at is None:
        delete_users([user], customer=cast.contoso, actor=cast.gail)
    remove_users([user], customer=cast.contoso, actor=cast.gail)


def test_each_removal_is_called_something() -> None:
    assert set(DONE) == set(Removal.values)


def test_an_open_review_has_no_outcome_and_a_waiting_batch_says_so(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    [line] = result_lines(review, in_order(review))
    assert (line.outcome, line.answer, line.reviewers) == ("", "No answer", ["Gail"])
    ended = end_review(review, actor=cast.alice, now=NOW)
    [line] = result_lines(ended, in_order(ended))
    assert line.outcome == "Waiting"
    [batch] = batches_of(review)
    why = {"refusal": "Canceled by Al.", "refusal_said": None}
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.CANCELED, **why)
    [line] = result_lines(ended, in_order(ended))
    assert (line.outcome, line.why) == ("Not done", "Canceled by Al.")


def test_who_was_removed_for_good_has_no_name_left(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    review.items.update(user=None)
    ended = end_review(review, actor=cast.alice, now=NOW)
    [line] = result_lines(ended, in_order(ended))
    assert (line.name, line.user_name, line.outcome) == (
        "Deleted permanently", "", "Deleted before the end",
    )  # fmt: skip


@pytest.mark.parametrize("removal", [Removal.BLOCK, Removal.DELETE])
def test_who_was_removed_for_good_after_it_was_done_is_not_called_not_done(
    cast: Cast, removal: Removal
) -> None:
    review = ended_for(cast, cast.uma, removal=removal)
    run(review)
    remove(cast, cast.uma)
    assert told_of(review) == {"Deleted permanently": ("Deleted permanently", "")}


def test_who_was_removed_for_good_after_nothing_was_done_is_called_not_done(cast: Cast) -> None:
    review = ended_for(cast, cast.uma)
    refused = {"state": BatchState.FAILED, "refusal": "Full.", "refusal_said": None}
    Batch.objects.update(**refused)
    remove(cast, cast.uma)
    assert told_of(review) == {"Deleted permanently": ("Not done", "Full.")}


def test_who_was_deleted_after_an_end_that_nobody_carried_out_was_not_deleted_before(
    cast: Cast,
) -> None:
    before, after, gone = (
        UserFactory.create(customer=cast.contoso, display_name=name) for name in ("Ann", "Ben", "C")
    )
    users = [before, after, gone, cast.uma]
    review = started(
        cast.contoso, users, [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )  # fmt: skip
    delete_users([before], customer=cast.contoso, actor=cast.gail)
    Review.objects.update(by=None)
    end_review(review, actor=cast.gail, now=NOW)
    delete_users([after], customer=cast.contoso, actor=cast.gail)
    late = {"deleted_at": NOW + timedelta(seconds=1), "purge_after": NOW + timedelta(days=30)}
    User.objects.filter(pk=after.pk).update(**late)
    remove(cast, gone)
    nobody = "The user who started this review no longer exists."
    wanted = {
        "Ann": ("Deleted before the end", ""),
        "Ben": ("Not done", nobody),
        "Deleted permanently": ("Deleted permanently", ""),
        "Uma": ("Not done", nobody),
    }
    assert told_of(review) == wanted
    carry_out(review, actor=cast.gail)
    run(review)
    done = {"Ben": ("Not done", ""), "Uma": ("Sign-in blocked", "")}
    assert told_of(review) == wanted | done
