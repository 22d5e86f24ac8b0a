"""Subscriptions: seats bought and given back, suspended, resumed, canceled."""

from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from customers.models import Customer
from customers.roles import Capability
from licensing.models import Product, Subscription, SubscriptionStatus, anniversary
from licensing.services.subscriptions import (
    add_subscription,
    cancel_subscription,
    change_price,
    change_seats,
    resume_subscription,
    suspend_subscription,
)

from . import schemas
from .answers import Told, day, kind, self_link, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, customer_of
from .door import ok
from .errors import ApiError, invalid, no_subscription
from .guids import pk_of
from .licenses import sku_id

router = Router(tags=["Subscriptions"], by_alias=True)
STATUSES = {
    SubscriptionStatus.ACTIVE: "active",
    SubscriptionStatus.SUSPENDED: "suspended",
    SubscriptionStatus.CANCELED: "deleted",
}


@router.get(
    "/customers/{customer}/subscriptions",
    response={200: schemas.Subscriptions, **REFUSED},
    summary="List subscriptions",
)
def list_subscriptions(request: HttpRequest, customer: UUID) -> HttpResponse:
    """Canceled ones too, as `deleted`."""
    found = customer_of(request, customer, Capability.SEE_SUBSCRIPTIONS)
    rows = found.subscriptions.for_list()
    uri = f"/customers/{found.uuid}/subscriptions"
    return ok(whole([tell_subscription(row, found) for row in rows], uri))


@router.post(
    "/customers/{customer}/subscriptions",
    response={201: schemas.Subscription, **REFUSED_WRITE},
    summary="Add a subscription",
)
def post_subscription(
    request: HttpRequest, customer: UUID, body: schemas.NewSubscription
) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_SUBSCRIPTIONS)
    pk = pk_of("product", body.sku_id)
    product = Product.objects.offered_to(found.partner_id).filter(pk=pk or 0).first()
    if product is None:
        raise no_subscription()
    today = timezone.localdate()
    ends = anniversary(today, today.year + 1)
    if body.commitment_end_date:
        try:
            ends = date.fromisoformat(body.commitment_end_date[:10])
        except ValueError:
            raise invalid(_("commitmentEndDate is a day such as 2027-01-31.")) from None
        if ends <= today:
            raise invalid(_("commitmentEndDate is a day to come."))
    added = add_subscription(
        found,
        product,
        quantity=body.quantity,
        renews_on=ends,
        price=_price(body.price),
        currency=(body.currency or "").upper(),
        actor=actor_of(request),
    )
    return ok(tell_subscription(added, found), status=HTTPStatus.CREATED)


@router.get(
    "/customers/{customer}/subscriptions/{subscription}",
    response={200: schemas.Subscription, **REFUSED},
    summary="Get a subscription",
)
def get_subscription(request: HttpRequest, customer: UUID, subscription: UUID) -> HttpResponse:
    found = customer_of(request, customer, Capability.SEE_SUBSCRIPTIONS)
    return ok(tell_subscription(subscription_of(found, subscription), found))


@router.patch(
    "/customers/{customer}/subscriptions/{subscription}",
    response={200: schemas.Subscription, **REFUSED_WRITE},
    summary="Change seats, suspend, resume or cancel a subscription",
)
def patch_subscription(
    request: HttpRequest, customer: UUID, subscription: UUID, body: schemas.ChangedSubscription
) -> HttpResponse:
    """Send the whole resource with another `quantity` or `status`, and `If-Match` with its etag."""
    found = customer_of(request, customer, Capability.MANAGE_SUBSCRIPTIONS)
    row = subscription_of(found, subscription)
    sent = request.headers.get("If-Match", "").strip().strip('"')
    if sent and sent not in {"*", _etag(row)}:
        text = _("The subscription has changed since. Get it again.")
        raise ApiError(HTTPStatus.BAD_REQUEST, 2_055, text)
    known = {told: status for status, told in STATUSES.items()}
    status = known.get((body.status or STATUSES[SubscriptionStatus(row.status)]).lower())
    if status is None:
        raise invalid(_("status is active, suspended or deleted."))
    if row.is_canceled:
        if status != SubscriptionStatus.CANCELED:
            raise ApiError(
                HTTPStatus.BAD_REQUEST, 2_011, _("A canceled subscription can't be changed.")
            )
        return ok(tell_subscription(row, found))
    _turn(request, row, status)
    if body.quantity is not None and body.quantity != row.quantity:
        if status != SubscriptionStatus.ACTIVE:
            text = _("Resume the subscription before you change its seats.")
            raise ApiError(HTTPStatus.BAD_REQUEST, 2_001, text)
        change_seats(row, body.quantity, actor=actor_of(request), seen=row.quantity)
    if "price" in body.model_fields_set:
        currency = (body.currency or row.currency).upper()
        change_price(row, _price(body.price), currency, actor=actor_of(request))
    return ok(tell_subscription(subscription_of(found, subscription), found))


def _price(told: str | None) -> Decimal | None:
    if told is None:
        return None
    try:
        return Decimal(told)
    except InvalidOperation:
        raise invalid(_('price is an amount such as "9.50".')) from None


def _turn(request: HttpRequest, row: Subscription, status: SubscriptionStatus) -> None:
    actor = actor_of(request)
    if status == row.status:
        return
    if status == SubscriptionStatus.SUSPENDED:
        suspend_subscription(row, actor=actor)
    elif status == SubscriptionStatus.ACTIVE:
        resume_subscription(row, actor=actor)
    else:
        cancel_subscription(row, actor=actor)


def subscription_of(customer: Customer, told: UUID) -> Subscription:
    rows = customer.subscriptions.select_related("product", "customer")
    found = rows.filter(uuid=told).first()
    if found is None:
        raise no_subscription()
    return found


def tell_subscription(row: Subscription, customer: Customer) -> Told:
    return {
        "id": str(row.uuid),
        "offerId": sku_id(row.product),
        "offerName": row.product.name,
        "friendlyName": row.product.name,
        "quantity": row.quantity,
        "assigned": row.assigned,
        "reserved": row.reserved,
        "unitType": "Licenses",
        "creationDate": day(row.starts_on),
        "effectiveStartDate": day(row.starts_on),
        "commitmentEndDate": day(row.next_renewal(timezone.localdate())),
        "status": STATUSES[SubscriptionStatus(row.status)],
        "autoRenewEnabled": not row.is_canceled,
        "price": None if row.price is None else str(row.price),
        "currency": row.currency or None,
        "links": self_link(f"/customers/{customer.uuid}/subscriptions/{row.uuid}"),
        "attributes": kind("Subscription", etag=_etag(row)),
    }


def _etag(row: Subscription) -> str:
    return f"{row.quantity}-{row.status}"
