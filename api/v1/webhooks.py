"""Webhooks: those of the pages, and the one that Partner Center's clients register."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from customers.actions import Action
from customers.errors import Refused
from customers.roles import Capability
from customers.tenancy import require

from ..models import DeliveryState, Webhook, WebhookDelivery, WebhookQuerySet
from ..services.webhooks import (
    WebhookFacts,
    add_webhook,
    change_webhook,
    remove_webhook,
    resend_failed,
    send_test,
)
from ..webhook_events import TEST, EventGroup, event_name
from ..webhook_events import whole as all_of
from . import schemas
from .answers import Told, kind, moment, self_link, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, prove
from .door import ok
from .errors import not_found
from .guids import guid, pk_of
from .paging import Order, collection, read_page

router = Router(tags=["Webhooks"], by_alias=True)
NEWEST = Order("pk", descending=True)
# What the pages call the one that is registered here.
NAME = "Partner Center registration"
STATES = {
    DeliveryState.WAITING: "pending",
    DeliveryState.DELIVERED: "completed",
    DeliveryState.FAILED: "completed",
}


@router.get("/webhooks", response={200: schemas.Webhooks, **REFUSED}, summary="List webhooks")
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """They are added and changed on the pages, but for the one of Partner Center's clients."""
    rows = _visible(request).order_by("name", "pk")
    return ok(whole([tell_webhook(row) for row in rows], "/webhooks"))


@router.get(
    "/webhooks/registration",
    response={200: schemas.Registration, **REFUSED},
    summary="Get the registered webhook",
)
def get_registration(request: HttpRequest) -> HttpResponse:
    return ok(_registration(_registered(request)))


@router.post(
    "/webhooks/registration",
    response={200: schemas.Registration, **REFUSED_WRITE},
    summary="Register a webhook",
)
def post_registration(request: HttpRequest, body: schemas.SentRegistration) -> HttpResponse:
    """`secret` is in this answer alone: by it Standard Webhooks signatures are verified."""
    actor = actor_of(request)
    require(actor, Capability.MANAGE_APPLICATIONS)
    prove(request)
    if _visible(request).filter(name=NAME).exists():
        raise Refused(
            _("There is a registration already: change it by PUT."), code="webhook-name-taken"
        )
    added = add_webhook(_facts(body), actor=actor)
    return ok(_registration(added.webhook) | {"secret": added.secret})


@router.put(
    "/webhooks/registration",
    response={200: schemas.Registration, **REFUSED_WRITE},
    summary="Change the registered webhook",
)
def put_registration(request: HttpRequest, body: schemas.SentRegistration) -> HttpResponse:
    found = _registered(request)
    prove(request)
    change_webhook(found, _facts(body), actor=actor_of(request))
    return ok(_registration(_registered(request)))


@router.get(
    "/webhooks/registration/events",
    response={200: list[str], **REFUSED},
    summary="List the events that can be told",
)
def list_events(request: HttpRequest) -> HttpResponse:
    """As Partner Center calls them; our own names, such as `user.added`, do as well."""
    require(actor_of(request), Capability.MANAGE_APPLICATIONS)
    return ok(sorted({event_name(action) for action in Action} | {event_name(TEST)}))


@router.post(
    "/webhooks/registration/validationEvents",
    response={200: schemas.Correlation, **REFUSED_WRITE},
    summary="Send a test to the registered webhook",
)
def post_validation(request: HttpRequest) -> HttpResponse:
    row = send_test(_registered(request), actor=actor_of(request))
    return ok({"correlationId": guid("delivery", row.pk)})


@router.get(
    "/webhooks/registration/validationEvents/{correlation}",
    response={200: schemas.Validation, **REFUSED},
    summary="Get what came of a test",
)
def get_validation(request: HttpRequest, correlation: UUID) -> HttpResponse:
    webhook = _registered(request)
    pk = pk_of("delivery", correlation) or 0
    row = webhook.deliveries.filter(pk=pk, kind=TEST).first()
    if row is None:
        raise not_found()
    results = []
    if row.answered_at:
        results.append(
            {
                "responseCode": str(row.status or ""),
                "responseMessage": row.reason,
                "systemError": row.status is None,
                "dateTimeUtc": moment(row.answered_at),
            }
        )
    return ok(
        {
            "correlationId": str(correlation),
            "partnerId": guid("partner", webhook.partner_id),
            "status": STATES[DeliveryState(row.state)],
            "callbackUrl": webhook.address,
            "results": results,
        }
    )


@router.get(
    "/webhooks/{webhook}/deliveries",
    response={200: schemas.Deliveries, **REFUSED},
    summary="List what was sent to a webhook",
)
def list_deliveries(
    request: HttpRequest, webhook: UUID, query: Query[schemas.PageQuery]
) -> HttpResponse:
    found = _webhook_of(request, webhook)
    rows = WebhookDelivery.objects.filter(webhook=found)
    page = read_page(request, rows, NEWEST)
    uri = f"/webhooks/{webhook}/deliveries"
    return ok(collection(request, page, rows.count(), tell_delivery, uri=uri))


@router.post(
    "/webhooks/{webhook}/resend",
    response={200: schemas.Resent, **REFUSED_WRITE},
    summary="Send all that failed once more",
)
def post_resend(request: HttpRequest, webhook: UUID) -> HttpResponse:
    found = _webhook_of(request, webhook)
    return ok({"count": resend_failed(found, actor=actor_of(request))})


@router.delete(
    "/webhooks/{webhook}",
    response={204: None, **REFUSED_WRITE},
    summary="Remove a webhook",
)
def delete_webhook(request: HttpRequest, webhook: UUID) -> HttpResponse:
    found = _webhook_of(request, webhook)
    prove(request)
    remove_webhook(found, actor=actor_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _visible(request: HttpRequest) -> WebhookQuerySet:
    actor = actor_of(request)
    require(actor, Capability.MANAGE_APPLICATIONS)
    return Webhook.objects.visible_to(actor)


def _registered(request: HttpRequest) -> Webhook:
    found: Webhook | None = _visible(request).filter(name=NAME).first()
    if found is None:
        raise not_found()
    return found


def _webhook_of(request: HttpRequest, told: UUID) -> Webhook:
    found: Webhook | None = _visible(request).filter(uuid=told).first()
    if found is None:
        raise not_found()
    return found


def _facts(body: schemas.SentRegistration) -> WebhookFacts:
    """Return the registration as the service takes it: an event by our name or by theirs."""
    ours: dict[str, list[str]] = {}
    for action in Action:
        ours.setdefault(event_name(action), []).append(action.value)
    wanted: list[str] = []
    for event in body.webhook_events:
        wanted += ours.get(event.lower(), [event])
    return WebhookFacts(NAME, body.webhook_url, wanted or [all_of(EventGroup.SUBSCRIPTIONS)])


def _registration(webhook: Webhook) -> Told:
    webhook.refresh_from_db(fields=["uuid"])
    return {
        "subscriberId": str(webhook.uuid),
        "webhookUrl": webhook.address,
        "webhookEvents": list(webhook.events),
    }


def tell_webhook(webhook: Webhook) -> Told:
    return {
        "id": str(webhook.uuid),
        "name": webhook.name,
        "server": webhook.server,
        "events": list(webhook.events),
        "isOn": webhook.is_on,
        "problem": webhook.problem,
        "links": self_link(f"/webhooks/{webhook.uuid}/deliveries"),
        "attributes": kind("Webhook"),
    }


def tell_delivery(row: WebhookDelivery) -> Told:
    told: Told = {
        "id": guid("delivery", row.pk),
        "messageId": row.message_id,
        "type": row.kind,
        "state": row.state,
        "tries": row.tries,
        "reason": row.reason,
        "createdDate": moment(row.created_at),
        "attributes": kind("WebhookDelivery"),
    }
    if row.status is not None:
        told["status"] = row.status
    if row.state == DeliveryState.WAITING:
        told["nextTry"] = moment(row.due_at)
    return told
