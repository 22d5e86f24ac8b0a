"""What access reviews keep about one user, for that user (accounts.personal)."""

from django.db.models import F

from accounts.models import User
from accounts.personal import Relations

from .models import Review, ReviewItem, ReviewReviewer


def review_relations(user: User) -> Relations:
    """Return what was answered about the user, and what the user was asked, answered and started.

    Without the names of those about whom the user answered.
    """
    about = ReviewItem.objects.filter(user=user)
    asked = ReviewReviewer.objects.filter(reviewer=user)
    given = ReviewItem.objects.filter(answered_by=user)
    started = Review.objects.filter(by=user)
    named = {"name": F("review__name"), "last_day": F("review__on")}
    return {
        "reviews_about_the_person": (
            "automation.ReviewItem.user",
            about.values("id", "answer", "word", "answered_at", "removal", **named),
        ),
        "reviews_to_answer": (
            "automation.ReviewReviewer.reviewer",
            asked.values("id", name=F("item__review__name"), last_day=F("item__review__on")),
        ),
        "reviews_answered": (
            "automation.ReviewItem.answered_by",
            given.values("id", "answer", "answered_at", **named),
        ),
        "reviews_started": (
            "automation.Review.by",
            started.values("id", "name", "subject", "state", "on", "created_at"),
        ),
    }
