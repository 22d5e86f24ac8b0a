"""What is told of a review: to its reviewers that it waits for them, to its starter what came."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from accounts.models import User

from ...models import NoticeKind, Review
from ..telling import tell

# What a notice is about; the words are in automation.notice_words.
ASKED, REMINDED, ENDED = "asked", "reminded", "ended"


def tell_reviewers(review: Review, reviewers: Collection[int], what: str = ASKED) -> None:
    """Tell reviewers, by id, that a review waits for them; each day to end reminds once."""
    users = User.objects.with_roles().filter(pk__among=list(reviewers))
    key = f"review {review.pk} {what}"
    tell(
        NoticeKind.REVIEW,
        list(users),
        subject_key=key if what == ASKED else f"{key} {review.on.isoformat()}",
        customer=review.customer,
        facts=_facts(review, what),
        url=reverse("automation:review-answer", args=[review.pk]),
    )


def tell_starter(review: Review) -> None:
    """Tell who started the review that it has ended."""
    if review.by is not None:
        tell(
            NoticeKind.REVIEW,
            [review.by],
            subject_key=f"review {review.pk} {ENDED}",
            customer=review.customer,
            facts=_facts(review, ENDED),
            url=reverse("automation:review-detail", args=[review.customer_id, review.pk]),
        )


def _facts(review: Review, what: str) -> dict[str, Any]:
    return {"what": what, "review": review.name, "last_day": review.on.isoformat()}
