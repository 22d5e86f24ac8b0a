"""The month report: licensed users by customer and product, as they are now."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts.queries.reports.licensed import LicensedRow, licensed, licensed_rows
from customers.models import Customer
from customers.roles import Capability
from customers.tenancy import require

from . import schemas
from .answers import Told, kind
from .base import REFUSED, actor_of
from .door import ok
from .licenses import sku_id
from .paging import Order, collection, read_page

router = Router(tags=["Reports"], by_alias=True)
BY_ID = Order("pk")


@router.get(
    "/reports/licenses",
    response={200: schemas.LicenseReport, **REFUSED},
    summary="List seats bought, assigned and with blocked users",
)
def list_licensed(request: HttpRequest, query: Query[schemas.PageQuery]) -> HttpResponse:
    """A row for each subscription of each customer that the token sees; the deleted hold none."""
    actor = actor_of(request)
    require(actor, Capability.SEE_SUBSCRIPTIONS)
    rows = licensed(Customer.objects.visible_to(actor))
    page = read_page(request, rows.order_by(), BY_ID)
    told = {row.subscription.pk: row for row in licensed_rows(page.rows)}
    return ok(
        collection(
            request,
            page,
            rows.order_by().count(),
            lambda one: _row(told[one.pk]),
            uri="/reports/licenses",
        )
    )


def _row(row: LicensedRow) -> Told:
    own = row.subscription
    return {
        "customerId": str(own.customer.uuid),
        "customerName": own.customer.name,
        "domain": row.domain,
        "skuId": sku_id(own.product),
        "productName": own.product.name,
        "bought": own.quantity,
        "assigned": own.assigned,
        "blocked": row.blocked,
        "available": own.available,
        "attributes": kind("LicenseReportRow"),
    }
