"""Reviews as tests start, answer and end them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

from accounts.models import User
from accounts.services.running import run_batch
from automation.models import Answer, Removal, Review, Subject
from automation.services.reviews import Facts, Given, give_answers, start_review
from customers.models import Batch, Customer

# Contoso is in the United States, whose first zone is New York's: five hours behind.
NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
LAST_DAY = date(2027, 1, 20)
OVER = datetime(2027, 1, 21, 12, tzinfo=UTC)


def text_of(response: Any) -> str:
    """Return the words of a page, without its tags."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", response.content.decode())).split())


def facts(**changes: Any) -> Facts:
    known: dict[str, Any] = {
        "name": "Sign-in, January",
        "subject": Subject.SIGN_IN,
        "removal": Removal.BLOCK,
        "on": LAST_DAY,
    }
    return Facts(**known | changes)


def started(
    customer: Customer,
    users: Iterable[User],
    reviewers: Iterable[User],
    *,
    actor: User,
    key: str = "",
    **changes: Any,
) -> Review:
    """Return a new review in which each of the reviewers is asked about each of the users."""
    ids = [reviewer.pk for reviewer in reviewers]
    asked = {user.pk: ids for user in users}
    return start_review(facts(**changes), asked, customer=customer, actor=actor, key=key, now=NOW)


def answered(review: Review, reviewer: User, answers: dict[User, Answer], *, word: str = "") -> int:
    items = {item.user_id: item.pk for item in review.items.all()}
    given = {items[user.pk]: Given(answer, word) for user, answer in answers.items()}
    return give_answers(review, given, actor=reviewer, now=NOW + timedelta(days=1))


def batches_of(review: Review) -> list[Batch]:
    return list(Batch.objects.filter(pk__in=review.items.values("batch")).order_by("pk"))


def run(review: Review) -> list[Batch]:
    """Run what the end of the review has left, as a worker does; return it as it is then."""
    for batch in batches_of(review):
        run_batch(batch.pk)
    return batches_of(review)
