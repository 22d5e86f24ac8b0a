"""What the activity log knows of access reviews: each verb, and the events that it writes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from automation.models import Answer, Removal, Review
from automation.services.reviews import (
    Given,
    ask_another,
    cancel_review,
    carry_out,
    end_due_reviews,
    end_review,
    give_answers,
    move_review,
)
from tests.automation.reviewing import LAST_DAY, NOW, OVER, started

Do = Callable[[Any], Any]


def _started(stage: Any, **changes: Any) -> Review:
    cast = stage.cast
    return started(stage.contoso, [stage.uma], [cast.gail], actor=stage.alice, **changes)


def _answer(stage: Any) -> object:
    review = started(stage.contoso, [stage.uma], [stage.alice], actor=stage.alice)
    given = {review.items.get().pk: Given(Answer.REMOVE, "left")}
    return give_answers(review, given, actor=stage.alice, now=NOW)


def _carry_out(stage: Any) -> object:
    review = _started(stage, otherwise=Removal.BLOCK)
    Review.objects.update(by=None)
    end_due_reviews(OVER)
    return carry_out(review, actor=stage.alice)


REVIEWS: dict[str, tuple[Do, list[str], bool]] = {
    "start_review": (_started, ["review.started"], False),
    "give_answers": (_answer, ["review.answered"], False),
    "move_review": (
        lambda s: move_review(_started(s), LAST_DAY + timedelta(days=1), actor=s.alice, now=NOW),
        ["review.changed"],
        True,
    ),
    "ask_another": (
        lambda s: ask_another(_started(s), s.cast.bob.pk, actor=s.alice, now=NOW),
        ["review.changed"],
        False,
    ),
    "cancel_review": (
        lambda s: cancel_review(_started(s), actor=s.alice),
        ["review.changed"],
        False,
    ),
    "end_review": (
        lambda s: end_review(_started(s), actor=s.alice, now=NOW),
        ["review.ended"],
        False,
    ),
    "carry_out": (_carry_out, ["review.changed"], False),
}


def _due(stage: Any) -> object:
    _started(stage)
    return end_due_reviews(OVER)


REVIEWS_ALONE: dict[str, tuple[Do, list[str]]] = {
    "end_due_reviews": (_due, ["review.ended"]),
}
