"""What came of each user of a review, in words."""

from automation.models import Removal
from automation.queries.review_results import DONE, in_order, result_lines
from automation.services.reviews import end_review
from customers.models import Batch, BatchState
from tests.automation.reviewing import NOW, batches_of, started
from tests.support.cast import Cast


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
