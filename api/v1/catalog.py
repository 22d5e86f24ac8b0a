"""Products: what can be sold to customers, and those of the partner's own."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from customers.invisible import visible
from customers.roles import Capability
from customers.tenancy import require
from licensing.models import PRODUCT_NAME_LENGTH, Product
from licensing.services.own_products import (
    OwnFacts,
    add_own_product,
    change_own_product,
    remove_own_product,
    sell_own_product,
)

from . import schemas
from .answers import Told, kind, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, prove
from .door import ok
from .errors import invalid, not_found
from .guids import pk_of
from .licenses import plans_of, sku_id

router = Router(tags=["Products"], by_alias=True)
MOST_PLANS = 50


@router.get("/products", response={200: schemas.Products, **REFUSED}, summary="List products")
def list_products(request: HttpRequest) -> HttpResponse:
    """What can be sold to customers, with the service plans that each contains."""
    actor = actor_of(request)
    require(actor, Capability.SEE_SUBSCRIPTIONS)
    partner = actor.partner_id or (actor.customer.partner_id if actor.customer else 0)
    products = Product.objects.offered_to(partner)
    return ok(whole([tell_product(row) for row in products], "/products"))


@router.post(
    "/products", response={201: schemas.Product, **REFUSED_WRITE}, summary="Add an own product"
)
def post_product(request: HttpRequest, body: schemas.NewProduct) -> HttpResponse:
    """Visible to the partner alone. `servicePlans` are names by code, such as CHAT."""
    actor = actor_of(request)
    require(actor, Capability.MANAGE_CATALOG)
    prove(request)
    product = add_own_product(_facts(body), actor=actor, sku=body.sku_part_number)
    return ok(tell_product(_own(request, product.pk)), status=HTTPStatus.CREATED)


@router.patch(
    "/products/{product}",
    response={200: schemas.Product, **REFUSED_WRITE},
    summary="Change an own product, stop selling it or sell it again",
)
def patch_product(
    request: HttpRequest, product: UUID, body: schemas.ChangedProduct
) -> HttpResponse:
    """`servicePlans` are all of them: one that is left out is removed, unless it is in use."""
    row = _own(request, pk_of("product", product))
    prove(request)
    actor = actor_of(request)
    if body.name is not None or body.service_plans is not None:
        plans = dict(row.plans.values_list("code", "name"))
        facts = schemas.NewProduct(
            name=row.name if body.name is None else body.name,
            service_plans=plans if body.service_plans is None else body.service_plans,
        )
        change_own_product(row, _facts(facts), actor=actor)
    if body.is_offered is not None:
        sell_own_product(row, on=body.is_offered, actor=actor)
    return ok(tell_product(_own(request, row.pk)))


@router.delete(
    "/products/{product}",
    response={204: None, **REFUSED_WRITE},
    summary="Delete an own product",
)
def delete_product(request: HttpRequest, product: UUID) -> HttpResponse:
    """One that a customer has or had stays, and can be stopped."""
    row = _own(request, pk_of("product", product))
    prove(request)
    remove_own_product(row, actor=actor_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _own(request: HttpRequest, pk: int | None) -> Product:
    actor = actor_of(request)
    require(actor, Capability.MANAGE_CATALOG)
    rows = Product.objects.filter(partner=actor.partner_id, partner__isnull=False)
    found = rows.prefetch_related("plans").filter(pk=pk or 0).first()
    if found is None:
        raise not_found()
    return found


def _facts(body: schemas.NewProduct) -> OwnFacts:
    """Return what was sent as the service takes it. ApiError for what no page would send."""
    if len(body.service_plans) > MOST_PLANS:
        raise invalid(_("A product has up to %(count)s service plans.") % {"count": MOST_PLANS})
    names = (body.name, *body.service_plans.values())
    if any(len(name) > PRODUCT_NAME_LENGTH for name in names):
        text = _("A name has up to %(count)s characters.")
        raise invalid(text % {"count": PRODUCT_NAME_LENGTH})
    plans = {
        code.strip().upper(): visible(name)[0].strip() for code, name in body.service_plans.items()
    }
    return OwnFacts(visible(body.name)[0].strip(), plans)


def tell_product(product: Product) -> Told:
    return {
        "id": sku_id(product),
        "name": product.name,
        "skuPartNumber": product.sku,
        "isOffered": product.is_offered,
        "isOwn": product.partner_id is not None,
        "servicePlans": plans_of(product),
        "attributes": kind("Product"),
    }
