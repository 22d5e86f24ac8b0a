"""Applications: where the partner's customers sign in. They are registered on the pages."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from applications.models import Application
from applications.models.applications import NAME_LENGTH
from applications.services.applications import (
    Facts,
    add_application,
    change_application,
    remove_application,
    renew_secret,
    switch_application,
)
from customers.invisible import visible
from customers.models import Customer
from customers.roles import Capability
from customers.tenancy import require
from licensing.models import ServicePlan

from . import schemas
from .answers import Told, kind, moment, self_link, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, prove
from .door import ok
from .errors import not_found
from .guids import guid, pk_of

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


@router.post(
    "/applications",
    response={201: schemas.AddedApplication, **REFUSED_WRITE},
    summary="Register an application",
)
def post_application(request: HttpRequest, body: schemas.NewApplication) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Capability.MANAGE_APPLICATIONS)
    prove(request)
    added = add_application(_facts(request, body), actor=actor)
    # Given by the database.
    added.application.refresh_from_db(fields=["uuid"])
    told = tell_application(_application_of(request, added.application.uuid))
    if added.secret:
        told["password"] = added.secret
    return ok(told, status=HTTPStatus.CREATED)


@router.put(
    "/applications/{application}",
    response={200: schemas.AddedApplication, **REFUSED_WRITE},
    summary="Change an application",
)
def put_application(
    request: HttpRequest, application: UUID, body: schemas.NewApplication
) -> HttpResponse:
    """All of it: what is not sent is as for a new one."""
    found = _application_of(request, application)
    prove(request)
    _changes, secret = change_application(found, _facts(request, body), actor=actor_of(request))
    told = tell_application(_application_of(request, application))
    if secret:
        told["password"] = secret
    return ok(told)


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


def _facts(request: HttpRequest, body: schemas.NewApplication) -> Facts:
    """Return what was sent as the service takes it. ApiError for what is not there to choose."""
    actor = actor_of(request)
    wanted = {pk_of("plan", told) or 0 for told in body.service_plans}
    plans = list(
        ServicePlan.objects.known_to(actor.partner_id or 0)
        .select_related("product")
        .filter(pk__in=wanted)
    )
    customers = list(Customer.objects.visible_to(actor).filter(uuid__in=body.customers))
    if len(plans) < len(wanted) or len(customers) < len(set(body.customers)):
        raise not_found()
    return Facts(
        name=visible(body.name)[0].strip()[:NAME_LENGTH],
        start_url=body.start_url,
        icon=body.icon,
        everyone=body.everyone,
        plans=plans,
        all_customers=body.all_customers,
        customers=customers,
        redirect_uris=body.redirect_uris,
        post_logout_redirect_uris=body.post_logout_redirect_uris,
        logout_uri=body.logout_uri,
        is_public=body.is_public,
        needs_pkce=body.needs_pkce,
        extra_claims=body.extra_claims,
    )


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
