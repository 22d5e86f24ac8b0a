"""What the pages of access reviews have in common."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.views.user_rows import State
from customers.models import Customer
from customers.roles import Capability
from customers.tenancy import require

from ...models import Removal, Review, ReviewState, Subject
from ...queries.reviews import Progress, capability_of, progress_of
from ...services.reviews.taking import may_manage
from ..pages import PageMixin


class ReviewsMixin(PageMixin):
    """A page of those who start reviews of a customer's users, or of their licenses alone."""

    # What all have who can start one; which ones they see, the subject says.
    capability = Capability.MANAGE_LICENSES


class ReviewMixin(ReviewsMixin):
    """A page about one review."""

    review: Review

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        related = self.customer.reviews.select_related("by", "subscription__product")
        self.review = get_object_or_404(related, pk=kwargs["review"])
        self.review.customer = self.customer
        require(self.actor, capability_of(self.review.subject))

    def to_review(self) -> HttpResponse:
        return redirect("automation:review-detail", self.customer.pk, self.review.pk)

    @cached_property
    def progress(self) -> Progress:
        return progress_of([self.review])[self.review.pk]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "review": self.review,
            "state": state_of(self.review),
            "may_manage": may_manage(self.review, self.actor),
        }


def state_of(review: Review) -> State:
    """Return the state of a review in words, with its last day while it is open."""
    if review.state == ReviewState.CANCELED:
        return State("danger", pgettext("review", "Canceled"))
    if review.state == ReviewState.ENDED:
        return State("success", _("Ended"))
    text = _("Open until %(day)s") % {"day": date_format(review.on, "DATE_FORMAT")}
    return State("info", text)


def subject_text(review: Review) -> str:
    """Return what is reviewed, in words; of a license, which."""
    if review.subscription is not None:
        return _("License: %(product)s") % {"product": review.subscription.product.name}
    return str(Subject(review.subject).label)


def visible_reviews(customer: Customer, actor: User) -> Any:
    """Return the customer's reviews that the actor could have started, the newest first."""
    subjects = [subject for subject in Subject.values if actor.can(capability_of(subject))]
    related = customer.reviews.select_related("by", "subscription__product")
    return related.filter(subject__in=subjects)


def outcome_points(review: Review) -> list[str]:
    """Return what comes at the end, in sentences."""
    what = {
        Removal.BLOCK: (
            _("Sign-in is blocked for users whose answer is Remove."),
            _("Sign-in is blocked for users without an answer, too."),
        ),
        Removal.DELETE: (
            _("The accounts of users whose answer is Remove are deleted."),
            _("The accounts of users without an answer are deleted, too."),
        ),
        Removal.ROLES: (
            _("Users whose answer is Remove lose all administrator roles."),
            _("Users without an answer lose all administrator roles, too."),
        ),
        Removal.LICENSE: (
            _("Users whose answer is Remove lose the license."),
            _("Users without an answer lose the license, too."),
        ),
    }
    points = [what[Removal(review.removal)][0]]
    if review.removal == Removal.LICENSE:
        points.append(_("License rules that would give it again get an exception for them."))
    if review.otherwise:
        points.append(what[Removal(review.otherwise)][1])
    else:
        points.append(_("Nothing changes for users without an answer."))
    return points
