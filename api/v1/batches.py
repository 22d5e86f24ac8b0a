"""Batches: an action on many users at once, how far it is, what came of it, and Undo."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.actions.registry import action_of
from accounts.models import User
from accounts.services.running import cancel, perform
from accounts.services.undo import can_undo, undo_batch
from accounts.views.batches.base import seen_by
from customers import progress
from customers.errors import Refused
from customers.models import Batch, BatchItem, BatchKind, BatchState, Customer
from customers.roles import Capability, Role
from customers.tenancy import require

from . import schemas
from .answers import Told, kind, moment, self_link
from .base import REFUSED, REFUSED_WRITE, actor_of, customer_of, prove, users_of
from .door import ok
from .errors import not_found
from .guids import guid, pk_of
from .paging import Order, collection, read_page
from .roles import role_of

router = Router(tags=["Batches"], by_alias=True)
NEWEST, BY_ID = Order("pk", descending=True), Order("pk")
# Actions on the deleted.
ON_DELETED = {"restore", "remove"}


@router.post(
    "/customers/{customer}/batches",
    response={202: schemas.Batch, **REFUSED_WRITE},
    summary="Do something to many users",
)
def post_batch(request: HttpRequest, customer: UUID, body: schemas.NewBatch) -> HttpResponse:
    """Answered with a batch, which is done already where the users are few."""
    action = action_of(body.action)
    found = customer_of(request, customer, action.capability)
    users = users_of(found, body.users, deleted=body.action in ON_DELETED)
    asked = {"reason": body.reason, **_asked(body)}
    if action.is_grave(User.objects.filter(pk__in=users), asked):
        prove(request)
    batch = perform(
        BatchKind(action.kind), users, customer=found, actor=actor_of(request), request=asked
    )
    return ok(tell_batch(batch, actor_of(request)), status=HTTPStatus.ACCEPTED)


def _asked(body: schemas.NewBatch) -> dict[str, Any]:
    """Return what a change is to write. Refused where there is nothing, or it is for no change."""
    fields = {}
    if body.department is not None:
        fields["department"] = body.department
    if body.usage_location is not None:
        fields["usage_location"] = body.usage_location.upper()
    roles: list[Role] | None = None
    if body.roles is not None:
        roles = [role_of(told) for told in body.roles]
    if body.action != "change":
        if fields or roles is not None:
            raise Refused(
                _("department, usageLocation and roles are for the action change."),
                code="choice-wrong",
            )
        return {}
    if not fields and roles is None:
        raise Refused(
            _("Send department, usageLocation or roles: what is to be changed."),
            code="choice-wrong",
        )
    return {"fields": fields, "roles": roles}


@router.get(
    "/customers/{customer}/batches",
    response={200: schemas.Batches, **REFUSED},
    summary="List batches",
)
def list_batches(
    request: HttpRequest,
    customer: UUID,
    query: Query[schemas.PageQuery],
) -> HttpResponse:
    """One's own, and those of others that the role shows; the newest first."""
    found = customer_of(request, customer)
    actor = actor_of(request)
    rows = seen_by(actor).filter(customer=found).for_list()
    page = read_page(request, rows, NEWEST)
    uri = f"/customers/{found.uuid}/batches"
    return ok(collection(request, page, rows.count(), lambda one: tell_batch(one, actor), uri=uri))


@router.get("/batches/{batch}", response={200: schemas.Batch, **REFUSED}, summary="Get a batch")
def get_batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    found = batch_of(request, batch)
    told = tell_batch(found, actor_of(request))
    working = progress.told_of_each([found.pk]).get(found.pk)
    if found.state in {BatchState.WAITING, BatchState.RUNNING}:
        told["progress"] = round(working.share, 3) if working else 0.0
    return ok(told)


@router.get(
    "/batches/{batch}/items",
    response={200: schemas.BatchItems, **REFUSED},
    summary="List what a batch did to each user",
)
def list_items(
    request: HttpRequest,
    batch: UUID,
    query: Query[schemas.PageQuery],
) -> HttpResponse:
    found = batch_of(request, batch)
    rows = BatchItem.objects.filter(batch=found).select_related("user")
    page = read_page(request, rows, BY_ID)
    uri = f"/batches/{batch}/items"

    def told(item: BatchItem) -> Told:
        return {"userId": str(item.user.uuid), "outcome": item.outcome, "reason": item.reason}

    return ok(collection(request, page, rows.count(), told, uri=uri))


@router.post(
    "/batches/{batch}/cancel",
    response={200: schemas.Batch, **REFUSED_WRITE},
    summary="Cancel a batch that waits",
)
def cancel_batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    found = batch_of(request, batch)
    actor = actor_of(request)
    require(actor, action_of(found.kind).capability)
    cancel(found, actor=actor)
    return ok(tell_batch(Batch.objects.get(pk=found.pk), actor))


@router.post(
    "/batches/{batch}/undo",
    response={202: schemas.Batch, **REFUSED_WRITE},
    summary="Undo a batch",
)
def undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Answered with the batch of the undo. Users who were changed since stay as they are."""
    found = batch_of(request, batch)
    actor, action = actor_of(request), action_of(found.kind)
    if action.inverse is not None:
        require(actor, action.inverse.capability)
    if action.is_grave_to_undo(found):
        prove(request)
    done = undo_batch(found, actor=actor)
    return ok(tell_batch(done, actor), status=HTTPStatus.ACCEPTED)


def batch_of(request: HttpRequest, told: UUID) -> Batch:
    """Return the batch with this id. ApiError where the caller doesn't see it."""
    pk, actor = pk_of("batch", told), actor_of(request)
    rows = seen_by(actor).filter(customer__in=Customer.objects.visible_to(actor))
    rows = rows.select_related("by", "customer", "undo_of", "undone_by__by").defer("users")
    found = rows.filter(pk=pk or 0).first()
    if found is None:
        raise not_found()
    require(actor, Capability.SEE)
    return found


def tell_batch(batch: Batch, actor: User | None = None) -> Told:
    told: Told = {
        "id": guid("batch", batch.pk),
        "action": batch.kind,
        "state": batch.state,
        "via": batch.via,
        "reason": batch.reason,
        "refusal": batch.refusal,
        "total": batch.total,
        "done": batch.done,
        "failed": batch.failed,
        "already": batch.already,
        "canUndo": bool(actor is not None and can_undo(batch, actor)),
        "createdDate": moment(batch.created_at),
        "links": self_link(f"/batches/{guid('batch', batch.pk)}"),
        "attributes": kind("Batch"),
    }
    if batch.undo_of_id:
        told["undoOf"] = guid("batch", batch.undo_of_id)
    if batch.finished_at:
        told["finishedDate"] = moment(batch.finished_at)
    return told
