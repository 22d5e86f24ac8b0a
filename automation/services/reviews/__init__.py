"""Access reviews: started, answered, changed until their last day, and ended once."""

from .answering import Given, give_answers
from .changing import ask_another, cancel_review, move_review
from .ending import carry_out, end_due_reviews, end_review, remind_reviewers
from .starting import Facts, start_review

__all__ = [
    "Facts",
    "Given",
    "ask_another",
    "cancel_review",
    "carry_out",
    "end_due_reviews",
    "end_review",
    "give_answers",
    "move_review",
    "remind_reviewers",
    "start_review",
]
