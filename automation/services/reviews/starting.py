"""Starting a review: its users are frozen, and their reviewers named and told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries.bulk_preview import todo_of
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.formats import ENTER_NAME
from customers.models import Customer
from customers.said import gettext as _
from customers.services import audit
from customers.services.batches import check_key, new_key, not_valid
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.errors import CHOOSE_ANOTHER
from licensing.models import Subscription

from ...models import REMOVALS, Review, ReviewItem, ReviewReviewer, Subject
from ...queries.reviews import MOST, capability_of, judged, possible_reviewers
from .telling import tell_reviewers
from .timing import REMINDED, check_day, ends_at


@dataclass(frozen=True, slots=True)
class Facts:
    """What a review asks, until when, and what comes of Remove and of no answer ("": nothing)."""

    name: str
    subject: str
    removal: str
    on: date
    otherwise: str = ""
    subscription: Subscription | None = None


@transactional
def start_review(
    facts: Facts,
    asked: Mapping[int, Collection[int]],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    now: datetime | None = None,
) -> Review:
    """Ask about each of these users those who are named for them; ids on both sides.

    Left out is who can't be reviewed (any longer). About themself a reviewer is not asked: where
    nobody else is named, the actor is. Raises AlreadyDone with the review for a used key, Refused.
    """
    key = key or new_key()
    check_key(key)
    fresh = check_actor(actor, capability_of(facts.subject), customer=customer)
    now = now or timezone.now()
    _check(facts, customer, now)
    users = list(
        todo_of(
            judged(
                asked,
                facts.subject,
                subscription=facts.subscription,
                customer=customer,
                actor=fresh,
            )
        ).values_list("pk", flat=True)
    )
    if not users:
        raise Refused(_("None of these users can be reviewed."), code="nobody-to-review")
    if len(users) > MOST:
        raise Refused(too_many(), code="review-too-large")
    _check_reviewers({pk: asked[pk] for pk in users}, customer, fresh)
    review = _create(facts, customer=customer, actor=actor, key=key, now=now)
    items = ReviewItem.objects.bulk_create(
        [ReviewItem(review=review, user_id=pk, customer=customer) for pk in sorted(users)]
    )
    named = [
        ReviewReviewer(item=item, reviewer_id=reviewer, customer=customer)
        for item in items
        for reviewer in sorted(set(asked[item.user_id or 0]) - {item.user_id}) or [actor.pk]
    ]
    ReviewReviewer.objects.bulk_create(named)
    changes = {
        "users": len(items),
        "reviewers": len({row.reviewer_id for row in named}),
        "subject": facts.subject,
        "product": facts.subscription.product.name if facts.subscription else "",
        "removal": facts.removal,
        "otherwise": facts.otherwise or "keep",
        "last_day": facts.on.isoformat(),
    }
    entry = audit.Entry(Action.REVIEW_STARTED, review, changes)
    audit.record([entry], actor=actor, customer=customer)
    tell_reviewers(review, {row.reviewer_id for row in named})
    return review


def too_many() -> str:
    return _("A review has up to 2,000 users. Choose fewer, and review the others later.")


def _check(facts: Facts, customer: Customer, now: datetime) -> None:
    check_day(facts.on, customer, now)
    if not facts.name.strip():
        raise Refused(str(ENTER_NAME), code="review-name-missing", field="name")
    possible = REMOVALS.get(facts.subject, ())
    is_odd = facts.removal not in possible or facts.otherwise not in ("", *possible)
    if is_odd or (facts.subject == Subject.LICENSE) != (facts.subscription is not None):
        raise Refused(not_valid(), code="malformed")
    own = customer.subscriptions.current()
    if facts.subscription is not None and not own.filter(pk=facts.subscription.pk).exists():
        raise Refused(
            str(CHOOSE_ANOTHER),
            code="review-subscription-gone",
            field="subscription",
        )


def _check_reviewers(asked: Mapping[int, Collection[int]], customer: Customer, actor: User) -> None:
    named = {pk for reviewers in asked.values() for pk in reviewers}
    possible = possible_reviewers(customer, actor).filter(pk__among=named | {actor.pk})
    if named - set(possible.values_list("pk", flat=True)):
        raise Refused(
            _("A chosen reviewer can't see these users (any longer). Choose another one."),
            code="reviewer-not-possible",
            field="reviewers",
        )
    if not all(asked.values()):
        raise Refused(
            _("Choose at least one reviewer for each user."),
            code="reviewer-missing",
            field="reviewers",
        )


def _create(facts: Facts, *, customer: Customer, actor: User, key: str, now: datetime) -> Review:
    review = Review(
        customer=customer,
        name=facts.name.strip(),
        subject=facts.subject,
        subscription=facts.subscription,
        removal=facts.removal,
        otherwise=facts.otherwise,
        on=facts.on,
        by=actor,
        key=key,
    )
    if ends_at(review) - now <= REMINDED:
        # Who is asked now needs no reminder an hour later.
        review.reminded_for = review.on
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        twin = find_review(key, customer=customer, actor=actor)
        if twin is None:
            raise Refused(not_valid(), code="malformed") from None
        raise AlreadyDone(twin) from None
    return review


def find_review(key: str, *, customer: Customer, actor: User) -> Review | None:
    """Return the review that a form with this key has started before."""
    return Review.objects.filter(key=key, customer=customer, by=actor).first()
