"""A customer's domains: what follows the @ in user names."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from customers.errors import Refused
from customers.formats import added_already
from customers.forms.customers import DomainForm
from customers.models import Customer, Domain
from customers.roles import Capability
from customers.services.domains import (
    add_domain,
    make_primary,
    remove_domain,
    taken_message,
)

from . import schemas
from .answers import Told, kind, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, check_form, customer_of
from .door import ok
from .errors import not_found

router = Router(tags=["Customers"], by_alias=True)


@router.get(
    "/customers/{customer}/domains",
    response={200: schemas.Domains, **REFUSED},
    summary="List a customer's domains",
)
def list_domains(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = customer_of(request, customer)
    rows = found.domains.order_by("-is_primary", "name")
    return ok(whole([tell_domain(row) for row in rows], f"/customers/{found.uuid}/domains"))


@router.post(
    "/customers/{customer}/domains",
    response={201: schemas.Domain, **REFUSED_WRITE},
    summary="Add a domain",
)
def post_domain(request: HttpRequest, customer: UUID, body: schemas.NewDomain) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_CUSTOMERS)
    form = DomainForm({"name": body.name}, customer=found)
    # The form sees it only where no row security hides it, as on SQLite.
    if form.has_error("name", "domain-taken"):
        raise Refused(taken_message(), code="domain-taken", field="name")
    check_form(form, {})
    name = form.cleaned_data["name"]
    if form.twin:
        raise Refused(added_already(name), code="domain-taken", field="name")
    added = add_domain(found, name, actor=actor_of(request))
    return ok(tell_domain(added), status=HTTPStatus.CREATED)


@router.post(
    "/customers/{customer}/domains/{name}/primary",
    response={200: schemas.Domain, **REFUSED_WRITE},
    summary="Make a domain the primary one",
)
def post_primary(request: HttpRequest, customer: UUID, name: str) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_CUSTOMERS)
    make_primary(_domain_of(found, name), actor=actor_of(request))
    return ok(tell_domain(_domain_of(found, name)))


@router.delete(
    "/customers/{customer}/domains/{name}",
    response={204: None, **REFUSED_WRITE},
    summary="Remove a domain",
)
def delete_domain(request: HttpRequest, customer: UUID, name: str) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_CUSTOMERS)
    remove_domain(_domain_of(found, name), actor=actor_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _domain_of(customer: Customer, name: str) -> Domain:
    found = customer.domains.select_related("customer").filter(name=name.lower()).first()
    if found is None:
        raise not_found()
    return found


def tell_domain(domain: Domain) -> Told:
    return {
        "name": domain.name,
        "isPrimary": domain.is_primary,
        "attributes": kind("Domain"),
    }
