from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.formats import figure
from customers.models import BatchKind, Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit, batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..errors import SeatsChanged, seats_in_use
from ..models import Product, Subscription, SubscriptionStatus
from ..prices import check_price, price_text
from .seats import lock_subscriptions, release_subscription

if TYPE_CHECKING:
    from accounts.models import User

MAX_SEATS = 1_000_000

# Called with a subscription whose seats or state another app may wait for, once it is changed, in
# the same transaction.
AtChange = Callable[[Subscription], None]

_at_change: list[AtChange] = []


def at_change(act: AtChange) -> AtChange:
    """Have this called whenever a subscription is changed; it may be used as a decorator."""
    if act not in _at_change:
        _at_change.append(act)
    return act


@transactional
def add_subscription(  # noqa: PLR0913
    customer: Customer,
    product: Product,
    *,
    quantity: int,
    renews_on: date,
    actor: "User",
    price: Decimal | None = None,
    currency: str = "",
    key: str = "",
) -> Subscription:
    """Buy seats of a product. Raise AlreadyDone, or Refused where the customer has it already."""
    _begin(customer, key, actor)
    _check_quantity(quantity)
    check_price(price, currency)
    if product.partner_id not in (None, customer.partner_id):
        raise Refused(
            _("%(product)s is another partner's own product. Choose another product.")
            % {"product": product.name},
            code="product-of-others",
            field="product",
        )
    # As it is now: it may have been stopped while the page was open. Where one of the partner's own
    # is being deleted, one of both waits; what all partners sell stays, and no partner may lock it.
    now = Product.objects.filter(pk=product.pk, is_offered=True)
    if product.partner_id:
        now = now.select_for_update(no_key=True)
    if not now.values_list("pk").first():
        raise Refused(
            _("%(product)s is no longer offered. Choose another product.")
            % {"product": product.name},
            code="product-not-offered",
            field="product",
        )
    subscription = Subscription(
        customer=customer,
        product=product,
        quantity=quantity,
        starts_on=timezone.localdate(),
        renews_on=renews_on,
        price=price,
        currency=currency if price is not None else "",
    )
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError:
        raise Refused(
            _("%(customer)s already has %(product)s. Change the number of its seats instead.")
            % {"customer": customer.name, "product": product.name},
            code="subscription-there-already",
            field="product",
        ) from None
    priced = {} if price is None else {"price": ["", price_text(price, currency)]}
    _log(Action.SUBSCRIPTION_ADDED, subscription, {"seats": [0, quantity], **priced}, actor)
    return subscription


@transactional
def change_seats(
    subscription: Subscription,
    quantity: int,
    *,
    actor: "User",
    seen: int | None = None,
    key: str = "",
) -> Subscription:
    """Buy or give back seats; never under what is assigned and reserved.

    Raise AlreadyDone, Refused, or SeatsChanged unless there are still as many as were `seen`.
    """
    _begin(subscription.customer, key, actor)
    fresh = _lock(subscription)
    if seen is not None and seen != fresh.quantity:
        raise SeatsChanged(fresh.quantity)
    _check_quantity(quantity)
    if quantity < fresh.taken:
        raise Refused(seats_in_use(fresh), code="seats-in-use", field="quantity")
    if quantity == fresh.quantity:
        return fresh
    before, fresh.quantity = fresh.quantity, quantity
    fresh.save(update_fields=["quantity"])
    _log(Action.SUBSCRIPTION_SEATS, fresh, {"seats": [before, quantity]}, actor)
    return fresh


@transactional
def change_price(
    subscription: Subscription,
    price: Decimal | None,
    currency: str = "",
    *,
    actor: "User",
    seen: str | None = None,
    key: str = "",
) -> Subscription:
    """Keep what a seat costs in a month, from now on; None for nothing. Reports say what unused
    seats cost.

    Raise AlreadyDone, or Refused, also unless it is still as `seen`, in the words of price_text.
    """
    _begin(subscription.customer, key, actor)
    fresh = _lock(subscription)
    before = price_text(fresh.price, fresh.currency)
    if seen is not None and seen != before:
        text = _("Someone else has changed the price since. It is now %(price)s.")
        none = _("none")
        raise Refused(text % {"price": before or none}, code="price-changed", field="price")
    check_price(price, currency)
    fresh.price, fresh.currency = price, currency if price is not None else ""
    after = price_text(price, currency)
    if after != before:
        fresh.save(update_fields=["price", "currency"])
        _log(Action.SUBSCRIPTION_PRICE, fresh, {"price": [before, after]}, actor)
    return fresh


@transactional
def suspend_subscription(
    subscription: Subscription, *, actor: "User", key: str = ""
) -> Subscription:
    """Suspend a subscription: licenses stay, services are off, nothing new is assigned."""
    _begin(subscription.customer, key, actor)
    fresh = _lock(subscription)
    return _turn(fresh, SubscriptionStatus.SUSPENDED, Action.SUBSCRIPTION_SUSPENDED, actor)


@transactional
def resume_subscription(
    subscription: Subscription, *, actor: "User", key: str = ""
) -> Subscription:
    _begin(subscription.customer, key, actor)
    fresh = _lock(subscription)
    return _turn(fresh, SubscriptionStatus.ACTIVE, Action.SUBSCRIPTION_RESUMED, actor)


@transactional
def cancel_subscription(
    subscription: Subscription, *, actor: "User", key: str = "", reason: str = ""
) -> int:
    """Release every license and end the subscription for good; return how many were released."""
    _begin(subscription.customer, key, actor)
    fresh = lock_subscriptions([subscription.pk])[subscription.pk]
    if fresh.status == SubscriptionStatus.CANCELED:
        return 0
    count = release_subscription(fresh, at=timezone.now())
    fresh.status = SubscriptionStatus.CANCELED
    fresh.save(update_fields=["assigned", "reserved", "status"])
    _log(Action.SUBSCRIPTION_CANCELED, fresh, {"released": count}, actor, reason)
    return count


def _begin(customer: Customer, key: str, actor: "User") -> None:
    """Check the right, and remember the form's key. Raise AlreadyDone when it was used before."""
    check_actor(actor, Capability.MANAGE_SUBSCRIPTIONS, customer=customer)
    if key:
        kind = BatchKind.SUBSCRIPTION
        batch = batches.open_batch(kind, actor=actor, customer=customer, key=key)
        batches.close_batch(batch, [])


def _check_quantity(quantity: int) -> None:
    if quantity < 1:
        raise Refused(
            _("A subscription has at least 1 seat. To give all back, cancel it."),
            code="seats-too-few",
            field="quantity",
        )
    if quantity > MAX_SEATS:
        raise Refused(
            _("A subscription can have up to %(limit)s seats.") % {"limit": figure(MAX_SEATS)},
            code="seats-too-many",
            field="quantity",
        )


def _turn(
    fresh: Subscription, status: SubscriptionStatus, action: Action, actor: "User"
) -> Subscription:
    if fresh.status == status:
        return fresh
    before, fresh.status = fresh.status, status
    fresh.save(update_fields=["status"])
    _log(action, fresh, {"status": [before, status]}, actor)
    return fresh


def _lock(subscription: Subscription) -> Subscription:
    fresh = lock_subscriptions([subscription.pk])[subscription.pk]
    if fresh.status == SubscriptionStatus.CANCELED:
        raise Refused(
            _("This subscription is canceled, which is final. Add a new one."),
            code="subscription-canceled",
        )
    return fresh


def _log(
    action: Action,
    subscription: Subscription,
    changes: dict[str, object],
    actor: "User",
    reason: str = "",
) -> None:
    changes = {"product": subscription.product.name, **changes}
    entry = audit.Entry(action, subscription, changes)
    audit.record([entry], actor=actor, customer=subscription.customer, reason=reason)
    for act in _at_change:
        act(subscription)
