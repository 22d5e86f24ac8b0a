"""Answering a request: what is approved is done in the same transaction, or nothing is."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.models import Subscription, anniversary
from licensing.services.seats import lock_subscriptions
from licensing.services.subscriptions import add_subscription, change_seats

from ...models import ANSWERED_BY, LicenseRequest, RequestKind, RequestState
from .asking import log_request, request_gone, take_open
from .telling import end_telling, tell_of_answer

NOT_ONES_OWN = gettext_lazy("Another user has to answer what you have asked for.")
ASKER_DELETED = gettext_lazy(
    "The user has been deleted. The request is open again when the user is restored."
)


@transactional
def approve_license(
    request: LicenseRequest, *, actor: User, words: str = "", now: datetime | None = None
) -> LicenseRequest:
    """Give the license that was asked for, as a batch of its own.

    Raise Refused where it was answered already or the customer has no subscription, and whatever
    giving a license raises: SeatsShort, NotActive, RulesBroken. It is open then as before.
    """
    fresh = _take(request, RequestKind.LICENSE, actor)
    subscription = subscription_of(fresh)
    if subscription is None:
        text = _("%(customer)s has no subscription to %(product)s. It has to be added first.")
        raise Refused(
            text % {"customer": fresh.customer.name, "product": fresh.product.name},
            code="request-without-subscription",
        )
    services = frozenset([fresh.service] if fresh.service else [])
    batch = change_licenses(
        [fresh.user_id],
        {subscription.pk: LicenseChange(have=True, switch_on=services)},
        customer=fresh.customer,
        actor=actor,
    )
    return _answer(fresh, RequestState.APPROVED, actor, words, now, batch=batch)


@transactional
def approve_seats(
    request: LicenseRequest,
    seats: int,
    *,
    actor: User,
    words: str = "",
    now: datetime | None = None,
) -> LicenseRequest:
    """Buy so many seats more, or a new subscription where there is none, renewed each year.

    Raise as change_seats and add_subscription do.
    """
    fresh = _take(request, RequestKind.SEATS, actor)
    if seats < 1:
        raise Refused(
            _("Enter how many seats to add, or decline the request."),
            code="seats-asked-for-wrong",
            field="seats",
        )
    subscription = subscription_of(fresh)
    if subscription is None:
        today = timezone.localdate()
        renews_on = anniversary(today, today.year + 1)
        add_subscription(
            fresh.customer, fresh.product, quantity=seats, renews_on=renews_on, actor=actor
        )
    else:
        # As many more than there are now, whoever has changed them since the page was made.
        locked = lock_subscriptions([subscription.pk])[subscription.pk]
        change_seats(locked, locked.quantity + seats, actor=actor)
    fresh.seats = seats
    return _answer(fresh, RequestState.APPROVED, actor, words, now)


@transactional
def decline(
    request: LicenseRequest, *, actor: User, words: str = "", now: datetime | None = None
) -> LicenseRequest:
    """Decline a request of either kind. Raise Refused where it was answered already."""
    fresh = _take(request, RequestKind(request.kind), actor)
    return _answer(fresh, RequestState.DECLINED, actor, words, now)


def subscription_of(request: LicenseRequest) -> Subscription | None:
    """Return the customer's subscription to what was asked for, unless that is canceled."""
    own = request.customer.subscriptions.current().select_related("product")
    return own.filter(product=request.product_id).first()


def _take(request: LicenseRequest, kind: RequestKind, actor: User) -> LicenseRequest:
    check_actor(actor, ANSWERED_BY[kind], customer=request.customer)
    fresh = take_open(request)
    if fresh.kind != kind:
        raise request_gone()
    if fresh.user_id == actor.pk:
        raise Refused(str(NOT_ONES_OWN), code="own-request")
    if fresh.user.deleted_at is not None:
        raise Refused(str(ASKER_DELETED), code="nobody-left")
    return fresh


def _answer(
    fresh: LicenseRequest,
    state: RequestState,
    actor: User,
    words: str,
    now: datetime | None,
    *,
    batch: Batch | None = None,
) -> LicenseRequest:
    fresh.state, fresh.answer, fresh.answered_by = state, words, actor
    fresh.answered_at, fresh.batch = now or timezone.now(), batch
    fresh.save(update_fields=["state", "answer", "answered_by", "answered_at", "batch", "seats"])
    approved = state == RequestState.APPROVED
    log_request(Action.REQUEST_APPROVED if approved else Action.REQUEST_DECLINED, fresh, by=actor)
    end_telling(fresh, now=now)
    tell_of_answer(fresh, now=now)
    return fresh
