"""The pages of access reviews, on the demo's data."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services.running import run_batch
from automation.models import Answer, Removal, Review, Subject
from automation.services.reviews import (
    Facts,
    Given,
    cancel_review,
    end_review,
    give_answers,
    start_review,
)
from customers.models import Batch, Customer
from tests.support.page_of import PageOf, url

# Of one review: who could start it sees it, who reaches all users changes it.
SEEN = {f"automation:review-{name}" for name in ("detail", "export")}
CHANGED = {f"automation:review-{name}" for name in ("move", "ask", "end", "cancel", "carry-out")}
REVIEWS = {"automation:review-list", "automation:review-add"}


def pages_of_reviews(customer: Customer, admin: User) -> list[PageOf]:
    """Of one that is open, one that has ended, one that was canceled; and of none."""
    empty = Customer.objects.filter(partner=customer.partner).exclude(pk=customer.pk)[0]
    one = {"customer": customer.pk}
    users = list(customer.users.filter(deleted_at=None, blocked_at=None).order_by("pk")[20:26])
    held = customer.subscriptions.filter(assignments__user__in=users, status="active")[0]
    open_one = _started(customer, users, admin, "Sign-in, before the audit")
    ended = _started(customer, users, admin, "Who has left", otherwise=Removal.BLOCK)
    canceled = _started(customer, users, admin, "Canceled in the end")
    _answer(open_one, admin, users[0], Answer.KEEP, "needed for the audit")
    _answer(ended, admin, users[1], Answer.KEEP, "")
    end_review(ended, actor=admin)
    for batch in Batch.objects.filter(pk__in=ended.items.values("batch")):
        run_batch(batch.pk)
    cancel_review(canceled, actor=admin)
    left = _started(customer, users[:2], admin, "Left undone", otherwise=Removal.BLOCK)
    Review.objects.filter(pk=left.pk).update(by=None)
    left.refresh_from_db()
    end_review(left, actor=admin)
    of_it = one | {"review": open_one.pk}
    picked = {"pick": "administrators", "subject": "roles"}
    return [
        PageOf("automation:review-list", url("automation:review-list", one)),
        PageOf(
            "automation:review-list",
            url("automation:review-list", {"customer": empty.pk}),
            variant="none",
        ),
        PageOf("automation:review-add", url("automation:review-add", one), variant="pick"),
        PageOf("automation:review-add", url("automation:review-add", one, **picked)),
        PageOf(
            "automation:review-add",
            url(
                "automation:review-add",
                one,
                pick="license",
                subject="license",
                subscription=held.pk,
            ),
            variant="license",
        ),
        PageOf("automation:review-detail", url("automation:review-detail", of_it)),
        PageOf(
            "automation:review-detail",
            url("automation:review-detail", one | {"review": ended.pk}),
            variant="ended",
        ),
        PageOf(
            "automation:review-detail",
            url("automation:review-detail", one | {"review": canceled.pk}),
            variant="canceled",
        ),
        PageOf(
            "automation:review-detail",
            url("automation:review-detail", one | {"review": left.pk}),
            variant="undone",
        ),
        *(
            PageOf(f"automation:review-{name}", url(f"automation:review-{name}", of_it))
            for name in ("move", "ask", "end", "cancel")
        ),
        PageOf(
            "automation:review-carry-out",
            url("automation:review-carry-out", one | {"review": left.pk}),
        ),
        PageOf("automation:my-reviews", url("automation:my-reviews")),
        PageOf(
            "automation:my-reviews",
            url("automation:my-reviews"),
            "sally@fabrikam.example",
            variant="none",
        ),
        PageOf(
            "automation:review-answer", url("automation:review-answer", {"review": open_one.pk})
        ),
        PageOf(
            "automation:review-answer",
            url("automation:review-answer", {"review": ended.pk}),
            variant="ended",
        ),
    ]


def _started(
    customer: Customer, users: list[User], admin: User, name: str, otherwise: str = ""
) -> Review:
    facts = Facts(
        name,
        Subject.SIGN_IN,
        Removal.BLOCK,
        timezone.localdate() + timedelta(days=14),
        otherwise,
    )
    return start_review(
        facts, {user.pk: [admin.pk] for user in users}, customer=customer, actor=admin
    )


def _answer(review: Review, admin: User, user: User, answer: Answer, word: str) -> None:
    item = review.items.get(user=user)
    give_answers(review, {item.pk: Given(answer, word)}, actor=admin)
