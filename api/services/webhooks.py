"""Webhooks of a partner: added, changed, switched, removed; their secrets, tests and Resend.

A secret is shown once, to whoever has it made. What is sent, and when, says `webhook_following` and
`webhook_delivery`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from applications.egress.addresses import check_address
from applications.services.applications import NO_CUSTOMER, check_customers
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent, Customer, Partner
from customers.roles import Capability
from customers.said import columns_of, cut, gettext_lazy
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import (
    DeliveryState,
    Webhook,
    WebhookCustomer,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
)
from ..models.webhooks import REASON_LENGTH
from ..webhook_events import TEST, is_known, tidied
from .queue import send_webhooks
from .webhook_following import new_message_id, test_body
from .webhook_secrets import new_secret, seal_secret

# How long the secret before signs as well, unless it is taken away sooner.
OVERLAP = timedelta(hours=24)
EVENT_NEEDED = gettext_lazy("Choose at least one event.")
# Of one partner; and tests of one webhook in a minute.
MOST, TESTS = 20, 10


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """What a webhook is: all of it, also where only a part is changed. `customers` None: all."""

    name: str
    address: str
    events: Collection[str]
    customers: Collection[Customer] | None = None


@dataclass(frozen=True, slots=True)
class AddedWebhook:
    """A new webhook with its secret, to be told once."""

    webhook: Webhook
    secret: str = field(repr=False)


@transactional
def add_webhook(
    facts: WebhookFacts, *, actor: User, partner: Partner | None = None
) -> AddedWebhook:
    """Add a webhook of the actor's partner; it is told of what happens from now on."""
    by = check_actor(actor, Capability.MANAGE_APPLICATIONS)
    partner = partner or by.partner
    if partner is None:
        raise Refused(_("Only partner staff can add a webhook."), code="staff-only")
    _check_partner(partner.pk, by)
    # Of two who add at once one waits, so that there are never too many.
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if Webhook.objects.filter(partner=partner).count() >= MOST:
        raise Refused(
            _("There are %(count)s webhooks already. Remove one of them first.") % {"count": MOST},
            code="webhooks-too-many",
        )
    secret = new_secret()
    webhook = Webhook(partner=partner, made_by=by, sealed_secret=seal_secret(secret))
    _write(webhook, facts, by)
    entry = audit.Entry(Action.WEBHOOK_ADDED, webhook, _known(webhook))
    audit.record([entry], actor=actor, partner=partner)
    _begin(webhook)
    return AddedWebhook(webhook, secret)


@transactional
def change_webhook(
    webhook: Webhook, facts: WebhookFacts, *, actor: User, seen: int | None = None
) -> dict[str, list[Any]]:
    """Change a webhook, and return what changed, by name.

    `seen` is the version that was changed here: Refused where that is no longer it. What waits for
    a customer that it is no longer for is never sent.
    """
    fresh, by = take_webhook(webhook, actor=actor)
    if seen is not None and seen != fresh.version:
        raise Refused(
            _("Someone else changed this webhook while you were editing. Check it again."),
            code="webhook-changed",
        )
    before, old_address = _known(fresh), fresh.address
    _write(fresh, facts, by)
    after = _known(fresh)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if old_address != fresh.address and "address" not in changes:
        # It may be as good as a secret: the log has its host alone.
        changes["path"] = ["", "renewed"]
    if changes:
        entry = audit.Entry(Action.WEBHOOK_CHANGED, fresh, changes)
        audit.record([entry], actor=actor, partner=fresh.partner)
    waiting = fresh.deliveries.filter(state=DeliveryState.WAITING)
    permitted = waiting.permitted().values("pk")
    text = _("The webhook is no longer for this customer.")
    give_up(waiting.exclude(pk__in=permitted), text)
    waiting.update(due_at=timezone.now())
    _wake(fresh)
    return changes


@transactional
def rotate_secret(webhook: Webhook, *, actor: User) -> str:
    """Return a new secret. The one before signs as well for a day, or until it is taken away."""
    fresh, _by = take_webhook(webhook, actor=actor)
    if fresh.rotates:
        raise Refused(
            _("This webhook has two secrets at the moment. Remove the old one first."),
            code="webhook-secrets-two",
        )
    secret = new_secret()
    fresh.sealed_old_secret, fresh.sealed_secret = fresh.sealed_secret, seal_secret(secret)
    fresh.old_secret_until = timezone.now() + OVERLAP
    _save_secrets(fresh)
    _log(Action.WEBHOOK_CHANGED, fresh, {"secret": ["", "renewed"]}, actor)
    return secret


@transactional
def drop_old_secret(webhook: Webhook, *, actor: User) -> bool:
    """Have the secret before sign no longer; return whether it did."""
    fresh, _by = take_webhook(webhook, actor=actor)
    if not fresh.rotates:
        return False
    fresh.sealed_old_secret, fresh.old_secret_until = "", None
    _save_secrets(fresh)
    _log(Action.WEBHOOK_CHANGED, fresh, {"old_secret": "removed"}, actor)
    return True


@transactional
def switch_webhook(webhook: Webhook, *, on: bool, actor: User) -> bool:
    """Switch a webhook on or off; return whether it was otherwise.

    Off, it is told nothing: what waits counts as failed, and what happens then is not written down
    for it.
    """
    fresh, _by = take_webhook(webhook, actor=actor)
    if fresh.is_on == on:
        return False
    if on:
        fresh.is_on, fresh.problem, fresh.owner_told_at = True, "", None
        fresh.failing_since = None
        fresh.save(
            update_fields=["is_on", "problem", "problem_said", "owner_told_at", "failing_since"]
        )
    else:
        _switch_off(fresh, "")
    _log(Action.WEBHOOK_SWITCHED, fresh, {"is_on": [not on, on]}, actor)
    if on:
        _begin(fresh)
        _wake(fresh)
    return True


def switch_off_for(webhook: Webhook, problem: str) -> None:
    """Switch off a webhook that is locked, by the portal itself and for a reason, and log it."""
    _switch_off(webhook, problem)
    entry = audit.Entry(Action.WEBHOOK_SWITCHED, webhook, {"is_on": [True, False]})
    audit.record([entry], actor=None, partner=webhook.partner, reason=problem)


def _switch_off(webhook: Webhook, problem: str) -> None:
    webhook.is_on, webhook.problem = False, cut(problem, REASON_LENGTH)
    webhook.save(update_fields=["is_on", "problem", "problem_said"])
    waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
    give_up(waiting, _("The webhook was switched off."))


@transactional
def remove_webhook(webhook: Webhook, *, actor: User) -> None:
    """Remove a webhook with its deliveries. Final."""
    fresh, _by = take_webhook(webhook, actor=actor)
    _log(Action.WEBHOOK_REMOVED, fresh, {"name": fresh.name}, actor)
    fresh.delete()


@transactional
def send_test(webhook: Webhook, *, actor: User) -> WebhookDelivery:
    """Have the webhook told of a test, as it is told of an event."""
    fresh, _by = take_webhook(webhook, actor=actor)
    _check_on(fresh)
    now = timezone.now()
    tests = fresh.deliveries.filter(kind=TEST, created_at__gt=now - timedelta(minutes=1))
    if tests.count() >= TESTS:
        raise Refused(
            _("Up to %(count)s tests can be sent in a minute. Try again later.") % {"count": TESTS},
            code="webhook-tests-too-many",
        )
    message_id = new_message_id()
    row = WebhookDelivery.objects.create(
        webhook=fresh,
        message_id=message_id,
        kind=TEST,
        subject=f"test:{message_id}",
        body=test_body(now),
    )
    _wake(fresh)
    return row


@transactional
def resend(delivery: WebhookDelivery, *, actor: User) -> bool:
    """Have one sent again, as the same message; return whether it was not on its way already."""
    fresh, _by = take_webhook(delivery.webhook, actor=actor)
    _check_on(fresh)
    own = fresh.deliveries.filter(pk=delivery.pk)
    if not own.permitted().exists():
        raise Refused(
            _("The webhook is no longer for this customer."), code="webhook-not-for-customer"
        )
    number = _send_again(own.exclude(state=DeliveryState.WAITING))
    _wake(fresh)
    return number == 1


@transactional
def resend_failed(webhook: Webhook, *, actor: User) -> int:
    """Have all that failed sent again; return how many."""
    fresh, _by = take_webhook(webhook, actor=actor)
    _check_on(fresh)
    number = _send_again(fresh.deliveries.filter(state=DeliveryState.FAILED).permitted())
    _wake(fresh)
    return number


def give_up(rows: WebhookDeliveryQuerySet, reason: str) -> int:
    """Have these tried no more; the webhook is locked."""
    told = columns_of("reason", reason, REASON_LENGTH)
    return rows.update(state=DeliveryState.FAILED, settled_at=timezone.now(), **told)


def take_webhook(webhook: Webhook, *, actor: User) -> tuple[Webhook, User]:
    """Lock the webhook, and return it with the actor as they are now. Refused when the actor may
    not, or it is gone or another partner's.
    """
    rows = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("partner")
    fresh = rows.filter(pk=webhook.pk).first()
    by = check_actor(actor, Capability.MANAGE_APPLICATIONS)
    if fresh is None:
        raise Refused(_("This webhook has since been removed."), code="webhook-gone")
    _check_partner(fresh.partner_id, by)
    return fresh, by


def _check_partner(partner_id: int, by: User) -> None:
    if not by.is_staff and by.partner_id != partner_id:
        raise Refused(
            _("You can look after webhooks of your own partner only. Nothing was changed."),
            code="webhook-of-others",
        )


def has_facts(webhook: Webhook, facts: WebhookFacts) -> bool:
    """Return whether these, but for the name, are its facts: those that a second click sends."""
    customers = {one.pk for one in facts.customers or ()}
    return (
        webhook.address == facts.address
        and webhook.events == tidied(set(facts.events))
        and webhook.all_customers == (facts.customers is None)
        and set(webhook.customers.values_list("pk", flat=True)) == customers
    )


def _check_on(webhook: Webhook) -> None:
    if not webhook.is_on:
        raise Refused(_("This webhook is off. Switch it on first."), code="webhook-off")


def _check(webhook: Webhook, facts: WebhookFacts) -> None:
    """Raise Refused, at its field, for what no webhook can be."""
    if not facts.name.strip():
        raise Refused(_("Enter a name for the webhook."), code="webhook-name-missing", field="name")
    check_address(facts.address, field="address")
    if not facts.events or not all(map(is_known, facts.events)):
        raise Refused(str(EVENT_NEEDED), code="webhook-events-missing", field="events")
    if facts.customers is None:
        return
    if not facts.customers:
        raise Refused(NO_CUSTOMER, code="no-customer-chosen", field="customers")
    check_customers(facts.customers, webhook.partner_id)


def _write(webhook: Webhook, facts: WebhookFacts, by: User) -> None:
    """Write the facts. Refused for what can't be."""
    _check(webhook, facts)
    parts = urlsplit(facts.address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    webhook.name, webhook.address = facts.name.strip(), facts.address
    webhook.host = f"{parts.hostname}:{port}"
    webhook.events = tidied(set(facts.events))
    webhook.all_customers = facts.customers is None
    webhook.with_team = by.is_staff or by.can(Capability.MANAGE_TEAM)
    webhook.version += 1
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError:
        raise Refused(
            _("There is a webhook of this name already. Choose another name."),
            code="webhook-name-taken",
            field="name",
        ) from None
    customers = {one.pk for one in facts.customers or ()}
    webhook.chosen_customers.exclude(customer__in=customers).delete()
    WebhookCustomer.objects.bulk_create(
        [WebhookCustomer(webhook=webhook, customer_id=pk) for pk in sorted(customers)],
        ignore_conflicts=True,
    )


def _known(webhook: Webhook) -> dict[str, Any]:
    """Return what the log says of the webhook: lists as text, or two would be a change."""
    names = webhook.customers.order_by("name").values_list("name", flat=True)
    return {
        "name": webhook.name,
        "address": f"{urlsplit(webhook.address).scheme}://{webhook.server}",
        "events": ", ".join(webhook.events),
        "customers": "all" if webhook.all_customers else ", ".join(names),
    }


def _log(action: Action, webhook: Webhook, changes: dict[str, Any], actor: User) -> None:
    audit.record([audit.Entry(action, webhook, changes)], actor=actor, partner=webhook.partner)


def _save_secrets(webhook: Webhook) -> None:
    webhook.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])


def _begin(webhook: Webhook) -> None:
    """Have the webhook told of what comes after the newest event of its partner, which is its own
    beginning.
    """
    events = AuditEvent.objects.filter(partner=webhook.partner_id).order_by("-pk")
    webhook.since_event = events.values_list("pk", flat=True).first() or 0
    webhook.save(update_fields=["since_event"])


def _send_again(rows: WebhookDeliveryQuerySet) -> int:
    return rows.update(state=DeliveryState.WAITING, tries=0, due_at=timezone.now(), settled_at=None)


def _wake(webhook: Webhook) -> None:
    """Have a worker look at it at once: what kept it from being reached may be over."""
    webhook.rests_until, webhook.tries = None, 0
    webhook.save(update_fields=["rests_until", "tries"])
    transaction.on_commit(partial(send_webhooks, webhook.pk))
