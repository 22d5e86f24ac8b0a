"""What is told of a review: to its reviewers that it waits for them, to its starter what came."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User

from ...models import Notice, NoticeKind, Review, ReviewReviewer
from ...queries.reviews import still_asked
from ..telling import end_these, tell

# What a notice is about; the words are in automation.notice_words.
ASKED, REMINDED, ENDED = "asked", "reminded", "ended"


def tell_reviewers(review: Review, reviewers: Collection[int], what: str = ASKED) -> None:
    """Tell reviewers, by id, that a review waits for them; each day to end reminds once."""
    users = User.objects.with_roles().filter(pk__among=list(reviewers))
    key = _key(review, what)
    tell(
        NoticeKind.REVIEW,
        list(users),
        subject_key=key if what == ASKED else f"{key} {review.on.isoformat()}",
        customer=review.customer,
        facts=_facts(review, what),
        url=reverse("automation:review-answer", args=[review.pk]),
    )


def tell_anew(review: Review, reviewer: int) -> None:
    """Tell a reviewer, by id, who is asked about more users, also where they were asked before."""
    told = Notice.objects.filter(kind=NoticeKind.REVIEW, ended_at=None, user=reviewer)
    before = told.filter(subject_key=_key(review, ASKED))
    end_these(list(before.values_list("pk", flat=True)))
    tell_reviewers(review, [reviewer])


def end_questions(now: datetime | None = None, *, review: Review | None = None) -> int:
    """End what reviewers were told of a review, or of any, that no longer waits for them.

    Return of how many notices. What a request may not end, such as what a customer's administrator
    has answered for the partner's staff, a worker ends by the hour.
    """
    told = Notice.objects.filter(kind=NoticeKind.REVIEW, ended_at=None)
    if review is not None:
        told = told.filter(subject_key__startswith=_key(review, ""))
    # Read before whose answer is waited for: who is asked meanwhile stays told.
    standing = list(told.values_list("pk", "user", "subject_key"))
    asked = [(pk, user, int(key.split()[1])) for pk, user, key in standing if _is_question(key)]
    named = ReviewReviewer.objects.filter(item__review__in={about for _pk, _user, about in asked})
    waits = set(still_asked(named).values_list("reviewer", "item__review").distinct())
    return end_these([pk for pk, user, about in asked if (user, about) not in waits], now=now)


def tell_of_new_day(review: Review) -> None:
    """Let what reviewers were told name the new last day; a reminder was of the old one."""
    told = Notice.objects.filter(kind=NoticeKind.REVIEW, ended_at=None)
    told.filter(subject_key=_key(review, ASKED)).update(facts=_facts(review, ASKED))
    reminded = told.filter(subject_key__startswith=_key(review, REMINDED))
    end_these(list(reminded.values_list("pk", flat=True)))


def tell_starter(review: Review) -> None:
    """Tell who started the review that it has ended."""
    if review.by is not None:
        tell(
            NoticeKind.REVIEW,
            [review.by],
            subject_key=_key(review, ENDED),
            customer=review.customer,
            facts=_facts(review, ENDED),
            url=reverse("automation:review-detail", args=[review.customer_id, review.pk]),
        )


def _key(review: Review, what: str) -> str:
    return f"review {review.pk} {what}"


def _is_question(key: str) -> bool:
    return key.split()[2:3] in ([ASKED], [REMINDED])


def _facts(review: Review, what: str) -> dict[str, Any]:
    return {"what": what, "review": review.name, "last_day": review.on.isoformat()}
