from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from customers.identity import RandomUUID
from customers.models import Batch, Customer
from customers.said import SaidField, pgettext_lazy
from customers.said import gettext_lazy as _
from licensing.models import Subscription

REVIEW_NAME_LENGTH = 80
WORD_LENGTH = 255


class Subject(models.TextChoices):
    """What an access review asks about each of its users."""

    SIGN_IN = "sign-in", _("Sign-in")
    ROLES = "roles", _("Administrator roles")
    LICENSE = "license", _("A license")


LAST_DAY = _("Last day to answer")


class Removal(models.TextChoices):
    """What is done to a user for whom the answer is Remove."""

    BLOCK = "block", _("Block sign-in")
    DELETE = "delete", _("Delete the account")
    ROLES = "roles", _("Remove the administrator roles")
    LICENSE = "license", _("Remove the license")


# The first one is what is chosen beforehand.
REMOVALS: dict[str, tuple[Removal, ...]] = {
    Subject.SIGN_IN: (Removal.BLOCK, Removal.DELETE),
    Subject.ROLES: (Removal.ROLES,),
    Subject.LICENSE: (Removal.LICENSE,),
}
# Nobody can take it back by accident: the one who starts such a review proves who they are.
GRAVE = frozenset({Removal.DELETE, Removal.ROLES})


class Answer(models.TextChoices):
    KEEP = "keep", _("Keep")
    REMOVE = "remove", _("Remove")


class ReviewState(models.TextChoices):
    OPEN = "open", _("Open")
    # What came of it is in its batches.
    ENDED = "ended", _("Ended")
    CANCELED = "canceled", pgettext_lazy("review", "Canceled")


class Review(models.Model):
    """A question about each of some users of a customer, to those who know them, until a day.

    Who started it is asked again at the end: what is removed is removed in their name.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reviews")
    name = models.CharField(_("name"), max_length=REVIEW_NAME_LENGTH)
    subject = models.CharField(max_length=10, choices=Subject)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, null=True, related_name="+", help_text="Of a license."
    )
    removal = models.CharField(max_length=10, choices=Removal)
    # What is done to those about whom nobody has answered; "" keeps them as they are.
    otherwise = models.CharField(max_length=10, choices=Removal, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    # The last day to answer, by the customer's clock.
    on = models.DateField(_("last day"))
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    refusal = models.TextField(blank=True, help_text="Why nothing could be done, in a sentence.")
    refusal_said = SaidField("refusal")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    reminded_for = models.DateField(null=True, help_text="The last day of which was reminded.")
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-id",)
        constraints: ClassVar = [
            # The target of composite foreign keys.
            models.UniqueConstraint(fields=["id", "customer"], name="review_of_customer"),
            models.CheckConstraint(
                name="review_of_license_has_it",
                condition=Q(subject="license", subscription__isnull=False)
                | ~Q(subject="license") & Q(subscription=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="review_by_customer"),
            models.Index(fields=["on"], name="review_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == ReviewState.OPEN

    @property
    def is_grave(self) -> bool:
        """Return whether it can end in what asks for a proof."""
        return not GRAVE.isdisjoint({self.removal, self.otherwise})


class ReviewItem(models.Model):
    """A frozen user of a review, and what was answered; the user is None once removed for good."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items", db_index=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    word = models.CharField(max_length=WORD_LENGTH, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    # What was done to the user at the end, where anything was to be done.
    removal = models.CharField(max_length=10, choices=Removal, blank=True)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("review item")
        verbose_name_plural = _("review items")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "user"], name="user_once_per_review"),
            models.UniqueConstraint(fields=["id", "customer"], name="review_item_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.review} ({self.pk})"


class ReviewReviewer(models.Model):
    """One who may answer about a user of a review: for each, one of them is enough."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="reviewers", db_index=False)
    reviewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "reviewer"], name="reviewer_once_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.reviewer_id}"
