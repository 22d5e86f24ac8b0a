"""Applications: where the partner's customers sign in. They are registered on the pages."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from applications.models import Application
from applications.services.applications import (
    remove_application,
    renew_secret,
    switch_application,
)
from customers.roles import Capability
from customers.tenancy import require

from . import schemas
from .answers import Told, kind, moment, self_link, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, prove
from .door import ok
from .errors import not_found
from .guids import guid

router = Router(tags=["Applications"], by_alias=True)


@router.get(
    "/applications", response={200: schemas.Applications, **REFUSED}, summary="List applications"
)
def list_applications(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Capability.MANAGE_APPLICATIONS)
    rows = Application.objects.visible_to(actor).prefetch_related("plans", "customers")
    return ok(whole([tell_application(row) for row in rows], "/applications"))


@router.get(
    "/applications/{application}",
    response={200: schemas.Application, **REFUSED},
    summary="Get an application",
)
def get_application(request: HttpRequest, application: UUID) -> HttpResponse:
    return ok(tell_application(_application_of(request, application)))


@router.patch(
    "/applications/{application}",
    response={200: schemas.Application, **REFUSED_WRITE},
    summary="Switch an application on or off",
)
def patch_application(
    request: HttpRequest, application: UUID, body: schemas.ChangedApplication
) -> HttpResponse:
    found = _application_of(request, application)
    prove(request)
    switch_application(found, on=body.is_on, actor=actor_of(request))
    return ok(tell_application(_application_of(request, application)))


@router.post(
    "/applications/{application}/secret",
    response={200: schemas.ClientSecret, **REFUSED_WRITE},
    summary="Renew an application's client secret",
)
def post_secret(request: HttpRequest, application: UUID) -> HttpResponse:
    """The old one stops working at once; the new one is in this answer alone."""
    found = _application_of(request, application)
    prove(request)
    secret = renew_secret(found, actor=actor_of(request))
    return ok({"clientId": found.client_id, "password": secret})


@router.delete(
    "/applications/{application}",
    response={204: None, **REFUSED_WRITE},
    summary="Remove an application",
)
def delete_application(request: HttpRequest, application: UUID) -> HttpResponse:
    found = _application_of(request, application)
    prove(request)
    remove_application(found, actor=actor_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _application_of(request: HttpRequest, told: UUID) -> Application:
    actor = actor_of(request)
    require(actor, Capability.MANAGE_APPLICATIONS)
    found = Application.objects.visible_to(actor).filter(uuid=told).first()
    if found is None:
        raise not_found()
    return found


def tell_application(row: Application) -> Told:
    return {
        "id": str(row.uuid),
        "name": row.name,
        "startUrl": row.start_url,
        "isOn": row.is_on,
        "everyone": row.everyone,
        "allCustomers": row.all_customers,
        "customers": [str(one.uuid) for one in row.customers.all()],
        "servicePlans": [guid("plan", plan.pk) for plan in row.plans.all()],
        "clientId": row.client_id or "",
        "changedDate": moment(row.updated_at),
        "links": self_link(f"/applications/{row.uuid}"),
        "attributes": kind("Application"),
    }
