"""The activity log: records as Partner Center has them, and what changed since, by ids alone."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.models import User
from customers.actions import Action
from customers.log.events import AuditEventQuerySet
from customers.log.history import describe, reason_text
from customers.log.plans import plan_names
from customers.models import AuditEvent, Customer
from customers.query_params import LARGEST_ID, read_number
from customers.roles import Capability
from customers.services.sealing import settled_id
from customers.tenancy import require
from licensing.models import Subscription

from . import schemas
from .answers import Told, kind, moment
from .base import REFUSED, actor_of
from .door import ok
from .errors import invalid, not_found
from .guids import guid, pk_of
from .paging import (
    Filter,
    Order,
    collection,
    read_filters,
    read_page,
    read_size,
    unknown_filter,
)

router = Router(tags=["Activity"], by_alias=True)
NEWEST = Order("pk", descending=True)
USUAL_DAYS = 30
OPERATIONS = {
    Action.USER_ADDED: "create_customer_user",
    Action.USER_CHANGED: "update_customer_user",
    Action.USER_BLOCKED: "update_customer_user",
    Action.USER_ALLOWED: "update_customer_user",
    Action.USER_DELETED: "delete_customer_user",
    Action.USER_RESTORED: "restore_customer_user",
    Action.USER_REMOVED: "remove_customer_user",
    Action.PASSWORD_RESET: "reset_customer_user_password",
    Action.LICENSE_ASSIGNED: "update_customer_user_licenses",
    Action.LICENSE_REVOKED: "update_customer_user_licenses",
    Action.LICENSE_SERVICES: "update_customer_user_licenses",
    Action.SUBSCRIPTION_ADDED: "update_subscription",
    Action.SUBSCRIPTION_SEATS: "update_subscription",
    Action.SUBSCRIPTION_PRICE: "update_subscription",
    Action.SUBSCRIPTION_SUSPENDED: "update_subscription",
    Action.SUBSCRIPTION_RESUMED: "update_subscription",
    Action.SUBSCRIPTION_CANCELED: "update_subscription",
    Action.CUSTOMER_ADDED: "add_customer",
}
_RENAMED = "update_customer_user_principal_name"
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})( .*)?")


@router.get(
    "/auditrecords", response={200: schemas.AuditRecords, **REFUSED}, summary="List audit records"
)
def list_records(request: HttpRequest, query: Query[schemas.RecordsQuery]) -> HttpResponse:
    """What Partner Center has a word for, the newest first; the last 30 days unless told otherwise.

    Filters: `CompanyName` substring, `CustomerId` equals, `ResourceType` equals.
    """
    events = _seen(request).filter(action__in=OPERATIONS)
    today = timezone.now().date()
    first = _day(query.start_date) or today - timedelta(days=USUAL_DAYS)
    last = _day(query.end_date) or today
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
    ends = datetime(last.year, last.month, last.day, 23, 59, 59, 999_999, tzinfo=UTC)
    events = events.filter(at__gte=begins, at__lte=ends)
    for one in read_filters(request):
        events = events.filter(_condition(request, one.field, one.operator, one.value))
    page = read_page(request, events.select_related("names"), NEWEST)
    tell = _Teller(list(page.rows))
    return ok(collection(request, page, events.count(), tell.record, uri="/auditrecords"))


@router.get(
    "/auditrecords/{record}",
    response={200: schemas.AuditRecord, **REFUSED},
    summary="Get an audit record",
)
def get_record(request: HttpRequest, record: UUID) -> HttpResponse:
    events = _seen(request).filter(action__in=OPERATIONS).select_related("names")
    found = events.filter(pk=pk_of("event", record) or 0).first()
    if found is None:
        raise not_found()
    return ok(_Teller([found]).record(found))


@router.get("/changes", response={200: schemas.Changes, **REFUSED}, summary="List what changed")
def list_changes(request: HttpRequest, since: str = "0", size: int | None = None) -> HttpResponse:
    """All events after `since`, in order, by ids alone; ask again with `nextSince`.

    Nothing is missed: what is still being written comes with a later call. The deleted are told
    as well.
    """
    number = read_number(since)
    if number is None:
        raise invalid(_("since is the number that nextSince had."))
    many = read_size(request)
    # Above it an event may still be on its way that belongs before the last of these.
    until = settled_id(0.0)
    events = _seen(request).filter(pk__gt=number, pk__lte=until or number).order_by("pk")
    rows = list(events[: many + 1])
    more, rows = len(rows) > many, rows[:many]
    reached = rows[-1].pk if more else max(number, until or 0)
    tell = _Teller(rows)
    return ok(
        {
            "totalCount": len(rows),
            "items": [tell.change(row) for row in rows],
            "nextSince": min(reached, LARGEST_ID),
            "hasMore": more,
            "attributes": kind("Collection"),
        }
    )


def _seen(request: HttpRequest) -> AuditEventQuerySet:
    actor = actor_of(request)
    require(actor, Capability.SEE_ACTIVITY)
    events = AuditEvent.objects.all()
    if actor.customer_id:
        events = events.filter(customer=actor.customer_id)
    else:
        events = events.of_all(actor)
    return events.seen_by(actor)


def _day(text: str) -> Any:
    """Return a day as scripts write one: 2027-01-31, or 1/31/2027 12:00:00 AM as .NET does."""
    if not text:
        return None
    try:
        if found := _SLASHED.fullmatch(text):
            month, day, year = (int(found[part]) for part in (1, 2, 3))
            return datetime(year, month, day, tzinfo=UTC).date()
        return datetime.fromisoformat(text[:10]).date()
    except ValueError:
        raise invalid(_("A date is written such as 2027-01-31.")) from None


def _condition(request: HttpRequest, field: str, operator: str, value: str) -> Q:
    customers = Customer.objects.visible_to(actor_of(request))
    if (field, operator) == ("companyname", "substring"):
        return Q(customer__in=customers.filter(name__icontains=value))
    if (field, operator) == ("customerid", "equals"):
        try:
            return Q(customer__in=customers.filter(uuid=UUID(value)))
        except ValueError:
            raise invalid(_("CustomerId is the id of a customer.")) from None
    if (field, operator) == ("resourcetype", "equals"):
        wanted = [
            action
            for action in OPERATIONS
            if value.lower() in {_resource(action), _resource(action).replace("_", "")}
        ]
        return Q(action__in=wanted)

    raise unknown_filter(Filter(field, value, operator))


def _resource(action: str) -> str:
    if action.startswith("license."):
        return "license"
    if action.startswith(("user.", "password.")):
        return "customer_user"
    return action.partition(".")[0]


class _Teller:
    """Events told with the UUIDs of what they are about, looked up for a page at a time."""

    def __init__(self, rows: list[AuditEvent]) -> None:
        customers = {row.customer_id for row in rows if row.customer_id}
        found = Customer.objects.filter(pk__in=customers).values_list("pk", "uuid", "name")
        self.customers = {pk: (str(uuid), name) for pk, uuid, name in found}
        self.targets: dict[tuple[str, int], str] = {}
        for name, model in (("user", User), ("subscription", Subscription)):
            ids = {row.target_id for row in rows if row.target_type == name}
            pairs = model._default_manager.filter(pk__in=ids).values_list("pk", "uuid")
            self.targets |= {(name, pk): str(uuid) for pk, uuid in pairs}
        self.plans = plan_names(rows)
        self.targets |= {("customer", pk): uuid for pk, (uuid, _name) in self.customers.items()}

    def record(self, row: AuditEvent) -> Told:
        told: Told = {
            "id": guid("event", row.pk),
            "partnerId": guid("partner", row.partner_id or 0),
            "resourceType": _resource(row.action),
            "operationType": self._operation(row),
            "operationDate": moment(row.at),
            "operationStatus": "succeeded",
            "resourceNewValue": json.dumps({"text": describe(row, self.plans)}, ensure_ascii=False),
            "customizedData": self._data(row),
            "attributes": kind("AuditRecord"),
        }
        if row.customer_id in self.customers:
            told["customerId"], told["customerName"] = self.customers[row.customer_id]
        who = row.named.actor
        told["userPrincipalName"] = who.rpartition(" (")[2].rstrip(")") if who else ""
        return told

    def change(self, row: AuditEvent) -> Told:
        told: Told = {
            "id": row.pk,
            "type": row.action,
            "at": moment(row.at),
            "resourceType": row.target_type,
        }
        customer = self.customers.get(row.customer_id or 0)
        target = self.targets.get((row.target_type, row.target_id or 0))
        if customer:
            told["customerId"] = customer[0]
        if target:
            told["resourceId"] = target
        if customer and target and row.target_type in {"user", "subscription"}:
            told["resourceUri"] = f"/customers/{customer[0]}/{row.target_type}s/{target}"
        if row.batch_id:
            told["batchId"] = guid("batch", row.batch_id)
        return told

    def _data(self, row: AuditEvent) -> list[Told]:
        target = self.targets.get((row.target_type, row.target_id or 0), "")
        pairs = {"TargetId": target, "TargetName": row.named.target, "Reason": reason_text(row)}
        return [{"key": key, "value": value} for key, value in pairs.items() if value]

    def _operation(self, row: AuditEvent) -> str:
        if row.action == Action.USER_CHANGED and "user_name" in row.named.changes:
            return _RENAMED
        return OPERATIONS[Action(row.action)]
