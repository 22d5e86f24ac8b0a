"""Licenses: what a user has, what changes of it, and what the customer has bought."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.running import perform
from customers.errors import Refused
from customers.models import BatchKind, Customer
from customers.roles import Capability
from licensing.models import LicenseAssignment, Product, Subscription

from . import schemas
from .answers import Told, kind, moment, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, customer_of, user_of, users_of
from .batches import tell_batch
from .door import ok
from .errors import no_subscription
from .guids import guid, pk_of

router = Router(tags=["Licenses"], by_alias=True)
GROUP = "group1"


@router.get(
    "/customers/{customer}/users/{user}/licenses",
    response={200: schemas.Licenses, **REFUSED},
    summary="List a user's licenses",
)
def list_licenses(
    request: HttpRequest,
    customer: UUID,
    user: UUID,
    query: Query[schemas.GroupQuery],
) -> HttpResponse:
    found = customer_of(request, customer)
    one = user_of(request, found, user)
    held: Sequence[LicenseAssignment] = []
    if _is_asked(request):
        live = LicenseAssignment.objects.live().filter(user=one, subscription__customer=found)
        held = list(
            live.select_related("subscription__product")
            .prefetch_related("subscription__product__plans")
            .order_by("subscription__product__name", "pk")
        )
    uri = f"/customers/{found.uuid}/users/{one.uuid}/licenses"
    return ok(whole([_license(row) for row in held], uri))


@router.post(
    "/customers/{customer}/users/{user}/licenseupdates",
    response={201: schemas.LicenseUpdated, **REFUSED_WRITE},
    summary="Assign and remove a user's licenses",
)
def update_licenses(
    request: HttpRequest, customer: UUID, user: UUID, body: schemas.LicenseUpdate
) -> HttpResponse:
    """All or nothing. `excludedPlans` are switched off; those of a license that is held change."""
    found = customer_of(request, customer, Capability.MANAGE_LICENSES)
    one = user_of(request, found, user)
    changes = _changes(body, found, held_by=one)
    change_licenses([one], changes, customer=found, actor=actor_of(request))
    return ok(
        {
            "licensesToAssign": [
                {
                    "skuId": str(item.sku_id),
                    "excludedPlans": item.excluded_plans and list(map(str, item.excluded_plans)),
                }
                for item in body.licenses_to_assign or ()
            ],
            "licensesToRemove": [str(sku) for sku in body.licenses_to_remove or ()],
            "licenseWarnings": [],
            "attributes": kind("LicenseUpdate"),
        },
        status=HTTPStatus.CREATED,
    )


@router.post(
    "/customers/{customer}/licenseupdates",
    response={202: schemas.Batch, **REFUSED_WRITE},
    summary="Assign and remove licenses of many users",
)
def update_many(request: HttpRequest, customer: UUID, body: schemas.LicensesOfMany) -> HttpResponse:
    """Answered with a batch, which may be done already. All or nothing, unless `asManyAsFit`."""
    found = customer_of(request, customer, Capability.MANAGE_LICENSES)
    users = users_of(found, body.users, deleted=False)
    changes = _changes(body, found)
    batch = perform(
        BatchKind.LICENSES,
        users,
        customer=found,
        actor=actor_of(request),
        request={
            "changes": {pk: change.as_json() for pk, change in changes.items()},
            "as_many_as_fit": body.as_many_as_fit,
            "reason": body.reason,
        },
    )
    return ok(tell_batch(batch), status=HTTPStatus.ACCEPTED)


@router.get(
    "/customers/{customer}/subscribedskus",
    response={200: schemas.SubscribedSkus, **REFUSED},
    summary="List what the customer has bought, with seats",
)
def list_skus(
    request: HttpRequest,
    customer: UUID,
    query: Query[schemas.GroupQuery],
) -> HttpResponse:
    found = customer_of(request, customer, Capability.SEE_SUBSCRIPTIONS)
    rows: Iterable[Subscription] = []
    if _is_asked(request):
        rows = found.subscriptions.current().for_list().prefetch_related("product__plans")
    uri = f"/customers/{found.uuid}/subscribedskus"
    return ok(whole([_subscribed(row) for row in rows], uri))


def sku_id(product: Product) -> str:
    return guid("product", product.pk)


def subscription_of_sku(customer: Customer, told: UUID) -> Subscription:
    """Return the customer's current subscription to this product. ApiError where there is none."""
    pk = pk_of("product", told)
    rows = customer.subscriptions.current().select_related("product")
    found = rows.prefetch_related("product__plans").filter(product=pk or 0).first()
    if found is None:
        raise no_subscription()
    return found


def _changes(
    body: schemas.LicenseUpdate, customer: Customer, *, held_by: User | None = None
) -> dict[int, LicenseChange]:
    """Return what was sent as changes by subscription. ApiError for what the customer lacks."""
    changes: dict[int, LicenseChange] = {}
    for item in body.licenses_to_assign or ():
        subscription = subscription_of_sku(customer, item.sku_id)
        codes = {plan.code for plan in subscription.product.plans.all()}
        off = _codes(subscription.product, item.excluded_plans or ())
        on = codes - off if item.excluded_plans is not None else set()
        changes[subscription.pk] = LicenseChange(
            have=True, switch_off=frozenset(off), switch_on=frozenset(on)
        )
    for told in body.licenses_to_remove or ():
        subscription = subscription_of_sku(customer, told)
        if subscription.pk in changes:
            raise Refused(
                _("A license can't be assigned and removed at once."), code="license-change-twice"
            )
        changes[subscription.pk] = LicenseChange(have=False)
    if not changes:
        raise Refused(_("Choose at least one license to assign or to remove."), code="choice-wrong")
    return changes


def _codes(product: Product, told: Iterable[UUID]) -> set[str]:
    by_id = {guid("plan", plan.pk): plan.code for plan in product.plans.all()}
    try:
        return {by_id[str(one)] for one in told}
    except KeyError:
        text = _("%(product)s has no such service plan.") % {"product": product.name}
        raise Refused(text, code="service-plan-gone", field="excludedPlans") from None


def _license(row: LicenseAssignment) -> Told:
    product = row.subscription.product
    return {
        "productSku": _sku(product),
        "servicePlans": plans_of(product, off=row.services_off),
        "assignedDate": moment(row.assigned_at),
        "attributes": kind("License"),
    }


def _subscribed(row: Subscription) -> Told:
    active = row.quantity if row.is_active else 0
    return {
        "availableUnits": row.available,
        "activeUnits": active,
        "consumedUnits": row.assigned,
        "suspendedUnits": row.quantity - active,
        "totalUnits": row.quantity,
        "warningUnits": 0,
        "capabilityStatus": "Enabled" if row.is_active else "Suspended",
        "productSku": _sku(row.product),
        "servicePlans": plans_of(row.product),
        "attributes": kind("SubscribedSku"),
    }


def _sku(product: Product) -> Told:
    return {
        "id": sku_id(product),
        "name": product.name,
        "skuPartNumber": product.sku,
        "targetType": "User",
        "licenseGroupId": GROUP,
    }


def plans_of(product: Product, *, off: Sequence[str] | None = None) -> list[Told]:
    """Return its service plans; `off` are switched off, where it is a user's license."""
    plans = sorted(product.plans.all(), key=lambda plan: (plan.name, plan.pk))
    on = "Success" if off is None else "Assigned"
    return [
        {
            "id": guid("plan", plan.pk),
            "displayName": plan.name,
            "serviceName": plan.code,
            "capabilityStatus": "Disabled" if plan.code in (off or ()) else on,
            "targetType": "User",
        }
        for plan in plans
    ]


def _is_asked(request: HttpRequest) -> bool:
    """Return whether the one group of licenses that there is was asked for, or none was named."""
    named = [
        name.strip().lower()
        for text in request.GET.getlist("licenseGroupIds")
        for name in text.split(",")
        if name.strip()
    ]
    return not named or GROUP in named
