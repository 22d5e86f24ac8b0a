"""The rows by which webhooks are told, written by following the activity log.

They come with the position in the log, in one transaction: nothing is missed, nothing is told of
what was rolled back, and of two who follow one finds nothing to do. The network is left to
`webhook_delivery`.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from customers.actions import Action
from customers.models import AuditEvent
from customers.services import bulk
from customers.services.following import follow

from ..models import Webhook, WebhookCustomer, WebhookDelivery
from ..v1.guids import guid
from ..webhook_events import RECORDED, TEST, event_name, includes
from .queue import send_webhooks

FOLLOWER = "webhooks"
# All: what is added to the log one day is told to those who have chosen its whole group.
FOLLOWED = frozenset(Action)
# Where the API has what an event is about, by the type of the log; what has no address of its own
# is reached by its customer. Models of other apps by name.
_MODELS = {
    "user": ("accounts.User", "/v1/customers/{customer}/users/{uuid}"),
    "customer": ("customers.Customer", "/v1/customers/{uuid}"),
    "subscription": (
        "licensing.Subscription",
        "/v1/customers/{customer}/subscriptions/{uuid}",
    ),
    "application": ("applications.Application", "/v1/applications/{uuid}"),
    "webhook": ("api.Webhook", ""),
}

Uuids = Mapping[tuple[str, int], uuid.UUID]


def follow_for_webhooks() -> int:
    """Write down what webhooks are to be told since the last time; return how many events were
    read.
    """
    return follow(FOLLOWER, FOLLOWED, write_deliveries)


def write_deliveries(events: Sequence[AuditEvent]) -> None:
    partners = {event.partner_id for event in events}
    rows = Webhook.objects.select_for_update(no_key=True, of=("self",))
    webhooks = list(rows.filter(is_on=True, partner__in=partners).order_by("pk"))
    if not webhooks:
        return
    chosen = _chosen_by(webhooks)
    told = [
        (webhook, event)
        for event in events
        for webhook in webhooks
        if _is_told(webhook, event, chosen.get(webhook.pk, ()))
    ]
    known = _uuids([event for _webhook, event in told])
    now = timezone.now()
    put_off = _put_off(webhooks, {_subject(event) for _webhook, event in told}, now)
    bulk.insert(
        WebhookDelivery,
        [
            WebhookDelivery(
                webhook=webhook,
                event_id=event.pk,
                customer_id=event.customer_id,
                message_id=new_message_id(),
                kind=event.action,
                subject=_subject(event),
                body=body_of(event, known),
                due_at=put_off.get((webhook.pk, _subject(event)), now),
                created_at=now,
            )
            for webhook, event in told
        ],
    )
    for pk in sorted({webhook.pk for webhook, _event in told}):
        transaction.on_commit(partial(send_webhooks, pk))


def _subject(event: AuditEvent) -> str:
    return f"{event.target_type}:{event.target_id}"


def _put_off(
    webhooks: Collection[Webhook], subjects: Collection[str], now: datetime
) -> dict[tuple[int, str], datetime]:
    """Return until when what comes now has to wait for an earlier one of its subject.

    The webhooks are locked: nobody puts anything off at the same time.
    """
    waiting = WebhookDelivery.objects.put_off(now).filter(
        webhook__in=webhooks, subject__among_texts=sorted(subjects)
    )
    found = waiting.order_by("due_at").values_list("webhook", "subject", "due_at")
    return {(webhook, subject): due_at for webhook, subject, due_at in found}


def _chosen_by(webhooks: Collection[Webhook]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    links = WebhookCustomer.objects.filter(webhook__in=webhooks)
    for webhook, customer in links.values_list("webhook", "customer"):
        found.setdefault(webhook, set()).add(customer)
    return found


def _is_told(webhook: Webhook, event: AuditEvent, chosen: Collection[int]) -> bool:
    """Return whether the event is the webhook's to know, and one that was chosen."""
    if event.partner_id != webhook.partner_id or event.pk <= webhook.since_event:
        return False
    if event.customer_id is None:
        may_know = webhook.all_customers and webhook.with_team
    else:
        may_know = webhook.all_customers or event.customer_id in chosen
    return may_know and includes(webhook.events, event.action)


def _uuids(events: Sequence[AuditEvent]) -> Uuids:
    """Return what the API calls that which the events are about, who acted, and for whom."""
    wanted: dict[str, set[int]] = {"user": set(), "customer": set()}
    for event in events:
        if event.target_type in _MODELS and event.target_id:
            wanted.setdefault(event.target_type, set()).add(event.target_id)
        wanted["user"] |= {event.actor_id} - {None}  # type: ignore[arg-type]
        wanted["customer"] |= {event.customer_id} - {None}  # type: ignore[arg-type]
    found: dict[tuple[str, int], uuid.UUID] = {}
    for kind, ids in wanted.items():
        model: Any = apps.get_model(_MODELS[kind][0])._default_manager
        for pk, known in model.filter(pk__among=ids).values_list("pk", "uuid"):
            found[kind, pk] = known
    return found


def body_of(event: AuditEvent, known: Uuids) -> str:
    """Return what is sent of an event: ids and addresses, and nobody's name."""
    customer = known.get(("customer", event.customer_id or 0))
    actor = known.get(("user", event.actor_id or 0))
    # One who is deleted for good has no row any more; the log has kept the id.
    found = known.get((event.target_type, event.target_id or 0)) or event.changes.get("uuid")
    ids = {
        "eventId": event.pk,
        "customerId": str(customer) if customer else None,
        "actorId": str(actor) if actor else None,
        "resourceType": event.target_type,
        "resourceId": str(found) if found else None,
    }
    uri = _uri(event.target_type, ids["resourceId"], ids["customerId"])
    there = {"ResourceUri": uri}
    if event.action in RECORDED:
        there["AuditUri"] = f"/v1/auditrecords/{guid('event', event.pk)}"
    return _message(event.action, event.at, event.target_type, ids | there)


def _uri(kind: str, resource: Any, customer: Any) -> str:
    """Return where the API has it, or its customer; "" where it has neither, as of staff."""
    if resource and kind in _MODELS:
        pattern = _MODELS[kind][1]
        if customer or "{customer}" not in pattern:
            return pattern.format(customer=customer, uuid=resource)
    return _MODELS["customer"][1].format(uuid=customer) if customer else ""


def test_body(at: datetime) -> str:
    return _message(TEST, at, "test", {})


def _message(kind: str, at: datetime, resource: str, data: Mapping[str, Any]) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    none = {"eventId": None, "customerId": None, "actorId": None, "resourceType": resource}
    # The second half is as Partner Center has it.
    there = {"EventName": event_name(kind), "ResourceName": resource, "ResourceUri": ""}
    there |= {"AuditUri": "", "ResourceChangeUtcDate": moment}
    message = {
        "type": kind,
        "timestamp": moment,
        "data": {**none, "resourceId": None, **there, **data},
    }
    return json.dumps(message, separators=(",", ":"))


def new_message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"
