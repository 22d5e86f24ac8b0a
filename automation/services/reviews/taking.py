"""Locking a review, and what every change of one checks under the lock."""

from datetime import datetime

from accounts.models import User
from customers.errors import Refused
from customers.roles import Reach
from customers.said import gettext as _
from customers.services.permission import check_actor

from ...models import Review, ReviewState
from ...queries.reviews import capability_of
from .timing import ends_at


def take_open(review: Review, now: datetime) -> Review:
    """Lock and return the review as it is now. Refused unless it can still be answered."""
    fresh = take(review)
    if why := why_over(fresh, now):
        raise Refused(why, code="review-over")
    return fresh


def why_over(review: Review, now: datetime) -> str:
    """Return why the review can no longer be answered, or "" while it can."""
    if review.state == ReviewState.CANCELED:
        return _("This review was canceled: its answers can no longer be changed.")
    if not review.is_open or ends_at(review) <= now:
        return _("This review has ended: its answers can no longer be changed.")
    return ""


def take(review: Review) -> Review:
    """Lock and return the review as it is now."""
    rows = Review.objects.select_related("customer__partner", "by", "subscription__product")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)


def may_manage(review: Review, user: User) -> bool:
    """Return whether the roles of this user, who sees its customer, let them manage the review.

    Who does not reach all users manages what they have started themself, and nothing else.
    """
    far = user.reach(capability_of(review.subject))
    return far == Reach.FULL or (far == Reach.LIMITED and review.by_id == user.pk)


def check_may_manage(review: Review, *, actor: User) -> User:
    """Return the actor as they are now. Refused unless they may manage the review."""
    fresh = check_actor(actor, capability_of(review.subject), customer=review.customer)
    if not fresh.is_staff and not may_manage(review, fresh):
        raise Refused(
            _("Only users who can manage all users of this customer can change this review."),
            code="review-not-yours",
        )
    return fresh
