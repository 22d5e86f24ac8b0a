"""The one way into the activity log: called by every service inside its transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from ..actions import Action
from ..models import AuditEvent, AuditNames, Batch, Customer, Partner
from . import bulk

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """`changes` holds what names nobody, `personal` the before and after of personal fields."""

    action: Action
    target: models.Model
    changes: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)


def record(
    entries: Iterable[Entry],
    *,
    actor: "User | None",
    customer: Customer | None = None,
    partner: Partner | None = None,
    batch: Batch | None = None,
    reason: str = "",
) -> None:
    """Write the events. `actor` None is the portal itself (the nightly purge, a command)."""
    entries = list(entries)
    now = timezone.now()
    partner_id = partner.pk if partner else customer.partner_id if customer else None
    events = [
        AuditEvent(
            at=now,
            partner_id=partner_id,
            customer_id=customer.pk if customer else None,
            batch_id=batch.pk if batch else None,
            actor_id=actor.pk if actor else None,
            action=entry.action,
            target_type=entry.target._meta.model_name or "",
            target_id=entry.target.pk,
            reason=reason[:255],
            changes=entry.changes,
        )
        for entry in entries
    ]
    bulk.insert(AuditEvent, events)
    actor_name = _person(actor) if actor else ""
    names = [
        AuditNames(
            event_id=event.pk,
            actor=actor_name,
            target=_name(entry.target),
            changes=entry.personal,
        )
        for event, entry in zip(events, entries, strict=True)
    ]
    bulk.insert(AuditNames, names)


def _person(user: "User") -> str:
    return f"{user.display_name} ({user.user_name})"[:300]


def _name(target: models.Model) -> str:
    if hasattr(target, "user_name"):
        return _person(target)  # type: ignore[arg-type]
    return str(target)[:300]
