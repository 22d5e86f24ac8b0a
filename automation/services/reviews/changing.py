"""Changes of a review that is open: its last day, its reviewers, or that it shall not be."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.transactions import transactional

from ...models import Review, ReviewReviewer, ReviewState
from ...queries.reviews import possible_reviewers
from .taking import check_may_manage, take, take_open
from .telling import end_questions, tell_anew, tell_of_new_day
from .timing import check_day

HAS_ENDED = gettext_lazy("This review has already ended.")
WAS_CANCELED = gettext_lazy("This review was already canceled.")


def over_text(review: Review) -> str:
    """Return how a review that is no longer open came to its end."""
    return str(WAS_CANCELED if review.state == ReviewState.CANCELED else HAS_ENDED)


@transactional
def move_review(review: Review, on: date, *, actor: User, now: datetime | None = None) -> bool:
    """Give a review another last day; return False where it is that one already."""
    now = now or timezone.now()
    fresh = take_open(review, now)
    check_may_manage(fresh, actor=actor)
    check_day(on, fresh.customer, now)
    if on == fresh.on:
        return False
    changes = {"last_day": [fresh.on.isoformat(), on.isoformat()]}
    fresh.on = on
    fresh.save(update_fields=["on"])
    tell_of_new_day(fresh)
    entry = audit.Entry(Action.REVIEW_CHANGED, fresh, changes)
    audit.record([entry], actor=actor, customer=fresh.customer)
    return True


@transactional
def ask_another(review: Review, reviewer: int, *, actor: User, now: datetime | None = None) -> int:
    """Ask one more reviewer about all users whom nobody has answered about; return how many."""
    fresh = take_open(review, now or timezone.now())
    check_may_manage(fresh, actor=actor)
    found = possible_reviewers(fresh.customer, actor).filter(pk=reviewer).first()
    if found is None:
        raise Refused(
            _("This user can't review. Choose another one."),
            code="reviewer-not-possible",
            field="reviewer",
        )
    named = ReviewReviewer.objects.filter(item=OuterRef("pk"), reviewer=found)
    items = fresh.items.filter(~Exists(named), answer="").exclude(user=found)
    rows = ReviewReviewer.objects.bulk_create(
        [ReviewReviewer(item=item, reviewer=found, customer=fresh.customer) for item in items]
    )
    if rows:
        entry = audit.Entry(
            Action.REVIEW_CHANGED, fresh, {"users": len(rows)}, {"reviewer": str(found)}
        )
        audit.record([entry], actor=actor, customer=fresh.customer)
        tell_anew(fresh, found.pk)
    return len(rows)


@transactional
def cancel_review(review: Review, *, actor: User) -> None:
    """Cancel a review: nothing is done to anybody, and its answers stay to be read."""
    fresh = take(review)
    check_may_manage(fresh, actor=actor)
    if not fresh.is_open:
        raise Refused(over_text(fresh), code="review-over")
    fresh.state, fresh.ended_at = ReviewState.CANCELED, timezone.now()
    fresh.save(update_fields=["state", "ended_at"])
    end_questions(review=fresh)
    entry = audit.Entry(Action.REVIEW_CHANGED, fresh, {"state": ReviewState.CANCELED.value})
    audit.record([entry], actor=actor, customer=fresh.customer)
