"""The end of a review: once, whoever brings it about, and what comes of it as batches.

The batches are left in the transaction that ends the review, and are run as all others are: by the
right of who started it, as it is by then. What was lost on the way beat sends again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.services.licenses import LicenseChange
from accounts.services.queue import send_batch
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind, BatchState, Via
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.batches import leave_batch
from customers.services.transactions import transactional

from ...models import (
    Answer,
    Removal,
    Review,
    ReviewItem,
    ReviewState,
)
from ...queries.reviews import able_reviewers, still_asked
from ..one_by_one import one_by_one
from .taking import check_may_manage, take, take_open
from .telling import REMINDED as REMINDER
from .telling import end_questions, tell_reviewers, tell_starter
from .timing import REMINDED, ends_at

BY_REVIEW = gettext_lazy("Access review: %(name)s")
ALL_DONE = gettext_lazy("Nothing of this review is left to be done.")

# No clock on earth is further ahead than this.
AHEAD = timedelta(hours=14)


@transactional
def end_review(review: Review, *, actor: User, now: datetime | None = None) -> Review:
    """End a review before its last day is over. Refused where it has ended."""
    now = now or timezone.now()
    fresh = take_open(review, now)
    check_may_manage(fresh, actor=actor)
    return _end(fresh, now, actor)


def end_due_reviews(now: datetime | None = None) -> int:
    """End the reviews whose last day is over, each once and in a transaction of its own."""
    now = now or timezone.now()
    over = [review.pk for review in _open_until(now) if ends_at(review) <= now]
    return one_by_one("review_not_ended", over, lambda pk: _end_due(pk, now))


@transactional
def _end_due(pk: int, now: datetime) -> bool:
    rows = Review.objects.filter(pk=pk, state=ReviewState.OPEN)
    locked = rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
    review = locked.select_related("customer__partner", "by", "subscription__product").first()
    # Another worker is at it, or somebody has moved it in between.
    if review is None or ends_at(review) > now:
        return False
    _end(review, now, None)
    return True


def remind_reviewers(now: datetime | None = None) -> int:
    """Remind those who have not answered, once for each last day; return of how many reviews."""
    now = now or timezone.now()
    soon = [
        review
        for review in _open_until(now + REMINDED)
        if review.reminded_for != review.on and now < ends_at(review) <= now + REMINDED
    ]
    return one_by_one("reviewers_not_reminded", soon, lambda review: _remind(review, now))


@transactional
def _remind(review: Review, now: datetime) -> bool:
    fresh = take(review)
    if not fresh.is_open or fresh.reminded_for == fresh.on:
        return False
    # Somebody may have moved it in between.
    if not now < ends_at(fresh) <= now + REMINDED:
        return False
    asked = still_asked(able_reviewers().filter(item__review=fresh))
    tell_reviewers(fresh, set(asked.values_list("reviewer", flat=True)), REMINDER)
    fresh.reminded_for = fresh.on
    fresh.save(update_fields=["reminded_for"])
    return True


def _open_until(now: datetime) -> Iterable[Review]:
    """Return the open reviews whose last day may be over at this moment, somewhere on earth."""
    rows = Review.objects.filter(state=ReviewState.OPEN, on__lt=(now + AHEAD).date())
    return rows.select_related("customer__partner").order_by("on", "pk")


def _end(review: Review, now: datetime, actor: User | None) -> Review:
    """Close the review and leave what comes of it; it is locked, and open."""
    review.state, review.ended_at = ReviewState.ENDED, now
    items = review.items.all()
    items.filter(answer=Answer.REMOVE).update(removal=review.removal)
    if review.otherwise:
        items.filter(answer="").update(removal=review.otherwise)
    batches = _leave(review, items.exclude(removal=""), review.by)
    review.save(update_fields=["state", "ended_at", "refusal", "refusal_said"])
    changes = {
        "kept": items.filter(answer=Answer.KEEP).count(),
        "removed": items.filter(answer=Answer.REMOVE).count(),
        "unanswered": items.filter(answer="").count(),
        "batches": len(batches),
    }
    entry = audit.Entry(Action.REVIEW_ENDED, review, changes)
    audit.record([entry], actor=actor, customer=review.customer)
    end_questions(now, review=review)
    tell_starter(review)
    return review


def _leave(review: Review, items: Any, actor: User | None) -> list[Batch]:
    """Leave a batch for each kind of removal, for those who are still there.

    Without an actor nothing is done, and the review says why.
    """
    waiting = items.filter(user__deleted_at=None, user__isnull=False)
    by_removal: dict[str, list[int]] = {}
    for removal, user in waiting.order_by("user").values_list("removal", "user"):
        by_removal.setdefault(removal, []).append(user)
    if actor is None:
        gone = _("The user who started this review no longer exists.")
        review.refusal = gone if by_removal else ""
        return []
    review.refusal = ""
    batches = []
    for removal, users in sorted(by_removal.items()):
        batch = _leave_one(review, Removal(removal), users, actor)
        review.items.filter(user__among=users).update(batch=batch)
        batches.append(batch)
    return batches


def _leave_one(review: Review, removal: Removal, users: Sequence[int], actor: User) -> Batch:
    kind, request = _asked_for(review, removal)
    reason = str(BY_REVIEW) % {"name": review.name}
    # Its key is drawn: one that follows from the review could have been used by a form before.
    batch = leave_batch(
        kind,
        users,
        actor=actor,
        customer=review.customer,
        request=request,
        reason=reason,
        via=Via.SCHEDULE,
    )
    transaction.on_commit(lambda: send_batch(batch.pk))
    return batch


def _asked_for(review: Review, removal: Removal) -> tuple[BatchKind, dict[str, Any]]:
    """Return the action that takes away what was reviewed, and what it is asked for."""
    if removal == Removal.LICENSE:
        change = LicenseChange(have=False).as_json()
        changes = {str(review.subscription_id): change}
        # One who has left in between keeps nobody else from losing it; nor does a rule, which
        # would give it again: it gets an exception.
        terms = {"as_many_as_fit": True, "exceptions": True}
        return BatchKind.LICENSES, {"changes": changes, **terms}
    if removal == Removal.ROLES:
        return BatchKind.CHANGE, {"roles": []}
    return (BatchKind.DELETE if removal == Removal.DELETE else BatchKind.BLOCK), {}


def unfinished(review: Review) -> Any:
    """Return the items of an ended review for whom nothing could be done by who started it."""
    failed = Batch.objects.filter(
        pk=OuterRef("batch"), state__in=(BatchState.FAILED, BatchState.CANCELED)
    )
    still = review.items.filter(user__deleted_at=None, user__isnull=False).exclude(removal="")
    return still.filter(Q(batch=None) | Exists(failed))


@transactional
def carry_out(review: Review, *, actor: User) -> int:
    """Do in one's own name what could not be done in that of who started it; return how many."""
    fresh = take(review)
    check_may_manage(fresh, actor=actor)
    if fresh.state != ReviewState.ENDED:
        raise Refused(_("This review has not ended yet."), code="review-not-over")
    items = ReviewItem.objects.filter(pk__in=list(unfinished(fresh).values_list("pk", flat=True)))
    users = items.count()
    if not users:
        raise Refused(str(ALL_DONE), code="review-all-done")
    batches = _leave(fresh, items, actor)
    fresh.save(update_fields=["refusal", "refusal_said"])
    entry = audit.Entry(Action.REVIEW_CHANGED, fresh, {"users": users, "batches": len(batches)})
    audit.record([entry], actor=actor, customer=fresh.customer)
    return users
