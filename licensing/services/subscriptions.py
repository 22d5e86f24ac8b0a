from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer
from customers.services import audit

from ..models import LicenseAssignment, Product, Subscription, SubscriptionStatus
from .seats import lock_subscriptions

if TYPE_CHECKING:
    from accounts.models import User

MAX_SEATS = 1_000_000


@transaction.atomic
def add_subscription(
    customer: Customer, product: Product, *, quantity: int, renews_on: date, actor: "User"
) -> Subscription:
    """Buy seats of a product; Refused where the customer has a subscription to it already."""
    subscription = Subscription(
        customer=customer,
        product=product,
        quantity=quantity,
        starts_on=timezone.localdate(),
        renews_on=renews_on,
    )
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError:
        raise Refused(
            _("%(customer)s has %(product)s already. Change the number of its seats instead.")
            % {"customer": customer.name, "product": product.name}
        ) from None
    _log(Action.SUBSCRIPTION_ADDED, subscription, {"seats": [0, quantity]}, actor)
    return subscription


@transaction.atomic
def change_seats(subscription: Subscription, quantity: int, *, actor: "User") -> Subscription:
    """Buy or give back seats; never under what is assigned."""
    fresh = _lock(subscription)
    if fresh.status == SubscriptionStatus.CANCELED:
        raise Refused(_("This subscription is canceled, which is final. Add a new one."))
    if quantity < fresh.assigned:
        raise Refused(
            ngettext(
                "%(count)s seat is assigned. Take licenses away first, or keep that many seats.",
                "%(count)s seats are assigned. Take licenses away first, or keep that many seats.",
                fresh.assigned,
            )
            % {"count": fresh.assigned}
        )
    if quantity == fresh.quantity:
        return fresh
    before, fresh.quantity = fresh.quantity, quantity
    fresh.save(update_fields=["quantity"])
    _log(Action.SUBSCRIPTION_SEATS, fresh, {"seats": [before, quantity]}, actor)
    return fresh


@transaction.atomic
def suspend_subscription(subscription: Subscription, *, actor: "User") -> Subscription:
    """Assignments stay, the services are off; nothing new can be assigned."""
    fresh = _lock(subscription)
    return _turn(fresh, SubscriptionStatus.SUSPENDED, Action.SUBSCRIPTION_SUSPENDED, actor)


@transaction.atomic
def resume_subscription(subscription: Subscription, *, actor: "User") -> Subscription:
    fresh = _lock(subscription)
    return _turn(fresh, SubscriptionStatus.ACTIVE, Action.SUBSCRIPTION_RESUMED, actor)


@transaction.atomic
def cancel_subscription(subscription: Subscription, *, actor: "User") -> int:
    """Release every license and end the subscription for good; how many were released."""
    fresh = _lock(subscription)
    if fresh.status == SubscriptionStatus.CANCELED:
        return 0
    released = LicenseAssignment.objects.live().filter(subscription=fresh)
    count = released.update(released_at=timezone.now())
    fresh.assigned = 0
    fresh.status = SubscriptionStatus.CANCELED
    fresh.save(update_fields=["assigned", "status"])
    _log(Action.SUBSCRIPTION_CANCELED, fresh, {"released": count}, actor)
    return count


def _turn(
    fresh: Subscription, status: SubscriptionStatus, action: Action, actor: "User"
) -> Subscription:
    if fresh.status == SubscriptionStatus.CANCELED:
        raise Refused(_("This subscription is canceled, which is final. Add a new one."))
    if fresh.status == status:
        return fresh
    before, fresh.status = fresh.status, status
    fresh.save(update_fields=["status"])
    _log(action, fresh, {"status": [before, status]}, actor)
    return fresh


def _lock(subscription: Subscription) -> Subscription:
    return lock_subscriptions([subscription.pk])[subscription.pk]


def _log(
    action: Action, subscription: Subscription, changes: dict[str, object], actor: "User"
) -> None:
    changes = {"product": subscription.product.name, **changes}
    entry = audit.Entry(action, subscription, changes)
    audit.record([entry], actor=actor, customer=subscription.customer)
