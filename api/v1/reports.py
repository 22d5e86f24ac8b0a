"""The month report: licensed users by customer and product, as they are now or in a month."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.models import SeatMonth
from accounts.queries.reports.licensed import LicensedRow, licensed, licensed_rows
from customers.models import Customer, primary_domain_of
from customers.roles import Capability
from customers.tenancy import require

from . import schemas
from .answers import Told, kind
from .base import REFUSED, actor_of
from .door import ok
from .errors import invalid
from .licenses import sku_id
from .paging import Order, collection, read_page

router = Router(tags=["Reports"], by_alias=True)
BY_ID = Order("pk")


@router.get(
    "/reports/licenses",
    response={200: schemas.LicenseReport, **REFUSED},
    summary="List seats bought, assigned and with blocked users",
)
def list_licensed(request: HttpRequest, query: Query[schemas.ReportQuery]) -> HttpResponse:
    """A row for each subscription of each customer that the token sees; the deleted hold none.

    A month has the figures of the page Reports: those of its last night, and the peak.
    """
    actor = actor_of(request)
    require(actor, Capability.SEE_SUBSCRIPTIONS)
    customers = Customer.objects.visible_to(actor)
    if query.month:
        try:
            month = date.fromisoformat(f"{query.month}-01")
        except ValueError:
            raise invalid(_("month is one such as 2026-11.")) from None
        months = SeatMonth.objects.filter(month=month, customer__in=customers)
        found = months.select_related("subscription__product", "customer").annotate(
            primary_domain=primary_domain_of("customer")
        )
        part = read_page(request, found, BY_ID)
        count = found.count()
        return ok(collection(request, part, count, _month_row, uri="/reports/licenses"))
    rows = licensed(customers)
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


def _month_row(row: Any) -> Told:
    product = row.subscription.product
    return {
        "customerId": str(row.customer.uuid),
        "customerName": row.customer.name,
        "domain": row.primary_domain or "",
        "skuId": sku_id(product),
        "productName": product.name,
        "bought": row.bought,
        "assigned": row.assigned,
        "blocked": row.blocked,
        "available": row.unused,
        "month": f"{row.month:%Y-%m}",
        "asOf": row.last_day.isoformat(),
        "peak": row.peak,
        "price": None if row.price is None else str(row.price),
        "currency": row.currency or None,
        "attributes": kind("LicenseReportRow"),
    }


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
