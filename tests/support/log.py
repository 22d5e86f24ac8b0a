"""What the activity log says, in a form that a test can compare as a whole."""

from typing import Any, NamedTuple

from customers.models import AuditEvent


class Line(NamedTuple):
    action: str
    target: str
    changes: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    actor: str = "Alice (alice@fabrikam.example)"


def log() -> list[Line]:
    """Everything, oldest first."""
    events = AuditEvent.objects.select_related("names").order_by("pk")
    return [
        Line(
            event.action, event.names.target, event.changes, event.names.changes, event.names.actor
        )
        for event in events
    ]
