"""Customers: found, added, changed."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from customers.errors import Refused
from customers.formats import added_already
from customers.forms.customers import CustomerAddForm, CustomerChangeForm
from customers.models import Customer, CustomerQuerySet, Domain
from customers.roles import Capability
from customers.services.customers import add_customer, change_customer
from customers.tenancy import require

from . import schemas
from .answers import Told, kind, self_link
from .base import REFUSED, REFUSED_WRITE, actor_of, check_form, customer_of
from .door import ok
from .paging import Filter, Order, collection, read_filters, read_page, unknown_filter

router = Router(tags=["Customers"], by_alias=True)
BY_NAME = Order("name")


@router.get("/customers", response={200: schemas.Customers, **REFUSED}, summary="List customers")
def list_customers(
    request: HttpRequest,
    query: Query[schemas.FilterQuery],
) -> HttpResponse:
    """The customers that the token sees, by name. Filters: `CompanyName`, `Domain` starts_with."""
    actor = actor_of(request)
    require(actor, Capability.SEE)
    found = Customer.objects.visible_to(actor)
    for one in read_filters(request):
        found = _narrowed(found, one.field, one.operator, one.value)
    page = read_page(request, found.with_primary_domain(), BY_NAME)
    return ok(collection(request, page, found.count(), tell_customer, uri="/customers"))


def _narrowed(found: CustomerQuerySet, field: str, operator: str, value: str) -> CustomerQuerySet:
    how = {"starts_with": "istartswith", "substring": "icontains", "equals": "iexact"}.get(operator)
    if how is None or field not in {"companyname", "domain"}:
        raise unknown_filter(Filter(field, value, operator))
    if field == "domain":
        named = Domain.objects.filter(**{f"name__{how}": value}, customer=OuterRef("pk"))
        return found.filter(Exists(named))
    return found.filter(**{f"name__{how}": value})


@router.get(
    "/customers/{customer}", response={200: schemas.Customer, **REFUSED}, summary="Get a customer"
)
def get_customer(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = customer_of(request, customer)
    names = found.domains.order_by("-is_primary", "name").values_list("name", flat=True)
    return ok({**tell_customer(found), "customDomains": list(names)})


@router.get(
    "/customers/{customer}/profiles/company",
    response={200: schemas.CompanyProfile, **REFUSED},
    summary="Get a customer's company profile",
)
def get_company(request: HttpRequest, customer: UUID) -> HttpResponse:
    return ok(_company(customer_of(request, customer)))


@router.post(
    "/customers", response={201: schemas.Customer, **REFUSED_WRITE}, summary="Add a customer"
)
def post_customer(request: HttpRequest, body: schemas.NewCustomer) -> HttpResponse:
    """The first user is added by a call of its own, so that no password is made unasked."""
    actor = actor_of(request)
    require(actor, Capability.MANAGE_CUSTOMERS)
    billing, company = body.billing_profile, body.company_profile
    address = billing.default_address if billing else None
    home = str(actor.partner.country) if actor.partner else ""
    sent = {
        "name": company.company_name or (billing.company_name if billing else "") or "",
        "primary_domain": company.domain,
        "country": (address.country if address else "") or home,
        "contact_email": (billing.email if billing else "") or "",
    }
    form = CustomerAddForm(sent, user=actor)
    names = {
        "name": "companyName",
        "primary_domain": "domain",
        "country": "country",
        "contact_email": "email",
    }
    check_form(form, names)
    if form.twin:
        raise Refused(added_already(form.twin.name), code="customer-name-taken", field="domain")
    values = {name: form.cleaned_data[name] for name in form.fields}
    added = add_customer(actor=actor, **values)
    told = tell_customer(Customer.objects.with_primary_domain().get(pk=added.pk))
    return ok(told, status=HTTPStatus.CREATED)


@router.patch(
    "/customers/{customer}",
    response={200: schemas.Customer, **REFUSED_WRITE},
    summary="Change a customer",
)
def patch_customer(
    request: HttpRequest, customer: UUID, body: schemas.ChangedCustomer
) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_CUSTOMERS)
    actor = actor_of(request)
    known = {name: str(getattr(found, name)) for name in CustomerChangeForm.FIELDS}
    sent = known | {f"seen_{name}": value for name, value in known.items()}
    sent |= body.model_dump(exclude_none=True)
    form = CustomerChangeForm(sent, user=actor, customer=found)
    check_form(form, {"contact_email": "contactEmail"})
    change_customer(found, actor=actor, **form.changes())
    return ok(tell_customer(Customer.objects.with_primary_domain().get(pk=found.pk)))


def tell_customer(customer: Any) -> Told:
    return {
        "id": str(customer.uuid),
        "companyProfile": _company(customer),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": True,
        "country": customer.country.code,
        "users": customer.active_users,
        "links": self_link(f"/customers/{customer.uuid}"),
        "attributes": kind("Customer"),
    }


def _company(customer: Any) -> Told:
    return {
        "tenantId": str(customer.uuid),
        "domain": customer.primary_domain or "",
        "companyName": customer.name,
        "email": customer.contact_email,
        "attributes": kind("CustomerCompanyProfile"),
    }
