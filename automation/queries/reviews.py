"""Access reviews: who can be reviewed, who can review, how far it is, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.bulk_preview import judge
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES, Capability, Role
from licensing.models import LicenseAssignment, Subscription

from ..models import Answer, Review, ReviewItem, ReviewReviewer, ReviewState, Subject

if TYPE_CHECKING:
    from accounts.models import UserQuerySet

AWAY = timedelta(days=90)
# More than that nobody looks at one by one.
MOST = 2_000


class Pick(models.TextChoices):
    """How the users of a review are found."""

    ADMINISTRATORS = "administrators", _("Users with administrator roles")
    AWAY = "away", _("Users who have not signed in for 90 days")
    LICENSE = "license", _("Users with a license")
    SELECTED = "selected", _("The users selected in the list")


def capability_of(subject: str) -> Capability:
    """Return what it takes to start a review of this, and to do what comes of it."""
    is_license = subject == Subject.LICENSE
    return Capability.MANAGE_LICENSES if is_license else Capability.MANAGE_USERS


def picked(
    customer: Customer, pick: str, *, subscription: Subscription | None, now: datetime
) -> UserQuerySet:
    """Return the living users who are found so; for selected ones a selection is asked."""
    living = User.objects.active().filter(customer=customer)
    if pick == Pick.ADMINISTRATORS:
        return living.filter(Exists(_links(CUSTOMER_ROLES)))
    if pick == Pick.AWAY:
        since = now - AWAY
        never = Q(last_login=None, added_at__lt=since)
        return living.filter(Q(last_login__lt=since) | never, blocked_at=None)
    return living.filter(Exists(_live(subscription)))


def judged(
    users: Collection[int],
    subject: str,
    *,
    subscription: Subscription | None,
    customer: Customer,
    actor: User,
) -> UserQuerySet:
    """Return these users with `why` each is left out of a review that the actor starts, or ""."""
    already = {
        Subject.ROLES.value: Q(leads=False),
        Subject.LICENSE.value: ~Q(Exists(_live(subscription))),
    }
    return judge(
        users,
        customer=customer,
        actor=actor,
        capability=capability_of(subject),
        but_oneself=True,
        already=already.get(subject),
    )


def _live(subscription: Subscription | None) -> QuerySet[Any]:
    live = LicenseAssignment.objects.live().filter(user=OuterRef("pk"), subscription=subscription)
    return live.filter(customer=OuterRef("customer")).order_by()


def _links(roles: Collection[Role], user: str = "pk") -> QuerySet[Any]:
    links = User.groups.through.objects.filter(user=OuterRef(user))
    return links.filter(group__name__in=[role.value for role in roles])


def possible_reviewers(customer: Customer, actor: User) -> UserQuerySet:
    """Return who can see the customer's users: its administrators and, for staff, their team.

    What a customer's administrator starts is none of the partner's business.
    """
    own = Q(Exists(_links(CUSTOMER_ROLES)), customer=customer)
    team = Q(Exists(_links(STAFF_ROLES)), partner=customer.partner_id, is_machine=False)
    opened = User.allowed_customers.through.objects.filter(user=OuterRef("pk"), customer=customer)
    team &= Q(limited_to_customers=False) | Q(Exists(opened))
    found = User.objects.active().filter(blocked_at=None)
    found = found.filter(own | team if actor.partner_id else own)
    return found.order_by("sort_name", "pk")


def global_administrators(customer: Customer) -> list[int]:
    """Return those of the customer's Global administrators who can sign in."""
    able = User.objects.active().filter(customer=customer, blocked_at=None)
    return list(able.filter(groups__name=Role.GLOBAL_ADMIN).values_list("pk", flat=True))


def items_of(reviewer: User, review: Review | None = None) -> QuerySet[ReviewItem]:
    """Return what this user may answer, of one review or all: narrowly, what they are named for."""
    named = ReviewReviewer.objects.filter(item=OuterRef("pk"), reviewer=reviewer)
    items = ReviewItem.objects.filter(Exists(named)).exclude(user=reviewer)
    return items if review is None else items.filter(review=review)


def reviews_of(reviewer: User) -> QuerySet[Review]:
    """Return the reviews that this user is a reviewer of, at customers that they may know of."""
    visible = Customer.objects.visible_to(reviewer).values("pk")
    own = items_of(reviewer).filter(review=OuterRef("pk"))
    return Review.objects.filter(Exists(own), customer__in=visible)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review that waits for answers of one reviewer: of so many users, so many are open."""

    review: Review
    asked: int
    unanswered: int


def waiting_for(reviewer: User) -> list[Waiting]:
    """Return the open reviews of this reviewer, the one that ends first at the top: two queries."""
    reviews = reviews_of(reviewer).filter(state=ReviewState.OPEN)
    found = list(reviews.select_related("customer", "subscription__product").order_by("on", "pk"))
    counted = (
        items_of(reviewer)
        .filter(review__in=[review.pk for review in found])
        .values_list("review")
        .annotate(asked=Count("pk"), unanswered=Count("pk", filter=Q(answer="")))
    )
    figures = {pk: (asked, unanswered) for pk, asked, unanswered in counted}
    return [Waiting(review, *figures[review.pk]) for review in found]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review is; `orphans` are unanswered, and none of their reviewers can answer."""

    users: int
    kept: int
    removed: int
    orphans: int

    @property
    def answered(self) -> int:
        return self.kept + self.removed

    @property
    def unanswered(self) -> int:
        return self.users - self.answered


def able_reviewers() -> QuerySet[ReviewReviewer]:
    """Return those who can still answer: they sign in, have a role, and see the customer."""
    opened = User.allowed_customers.through.objects.filter(
        user=OuterRef("reviewer"), customer=OuterRef("customer")
    )
    own = Q(Exists(_links(CUSTOMER_ROLES, "reviewer")), reviewer__customer=F("customer"))
    team = Q(Exists(_links(STAFF_ROLES, "reviewer")), reviewer__partner=F("customer__partner"))
    team &= Q(reviewer__limited_to_customers=False) | Q(Exists(opened))
    return ReviewReviewer.objects.filter(
        own | team, reviewer__deleted_at=None, reviewer__blocked_at=None
    )


def still_asked(reviewers: QuerySet[ReviewReviewer]) -> QuerySet[ReviewReviewer]:
    """Return for whose answer an open review waits, about a user who has not left in between."""
    waiting = reviewers.filter(item__review__state=ReviewState.OPEN, item__answer="")
    return waiting.filter(item__user__isnull=False, item__user__deleted_at=None)


def progress_of(reviews: Sequence[Review]) -> dict[int, Progress]:
    """Return how far each of these reviews is, by id: one query."""
    able = able_reviewers().filter(item=OuterRef("pk"))
    items = ReviewItem.objects.filter(review__in=[review.pk for review in reviews])
    counted = items.values_list("review").annotate(
        users=Count("pk"),
        kept=Count("pk", filter=Q(answer=Answer.KEEP)),
        removed=Count("pk", filter=Q(answer=Answer.REMOVE)),
        orphans=Count("pk", filter=Q(~Exists(able), answer="")),
    )
    found = {pk: Progress(*figures) for pk, *figures in counted.order_by()}
    return {review.pk: found.get(review.pk, Progress(0, 0, 0, 0)) for review in reviews}


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """A reviewer, and how much of what they were asked about nobody has answered yet."""

    name: str
    asked: int
    unanswered: int


def reviewer_lines(review: Review) -> list[ReviewerLine]:
    named = ReviewReviewer.objects.filter(item__review=review).order_by("reviewer__sort_name")
    counted = named.values_list("reviewer", "reviewer__display_name").annotate(
        asked=Count("pk"), unanswered=Count("pk", filter=Q(item__answer=""))
    )
    return [ReviewerLine(name, asked, left) for _pk, name, asked, left in counted]
