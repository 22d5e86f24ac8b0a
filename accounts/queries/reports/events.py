"""What of the log changes a report's figures, and how much of it a span of time has."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from customers.actions import Action
from customers.models import AuditEvent

# Numbers are given in the order of the moments, but for what is written at the same time.
INTERLEAVED = timedelta(minutes=10)
CHANGES_FIGURES = (
    Action.USER_ADDED,
    Action.USER_DELETED,
    Action.USER_RESTORED,
    Action.USER_REMOVED,
    Action.USER_BLOCKED,
    Action.USER_ALLOWED,
    Action.LICENSE_ASSIGNED,
    Action.LICENSE_REVOKED,
    Action.SUBSCRIPTION_ADDED,
    Action.SUBSCRIPTION_SEATS,
    Action.SUBSCRIPTION_PRICE,
    Action.SUBSCRIPTION_CANCELED,
)
ADDED = Q(action=Action.USER_ADDED)
RESTORED = Q(action=Action.USER_RESTORED)
# Who is removed at once, as by the undo of an upload, was never deleted before.
DELETED = Q(action=Action.USER_DELETED) | (
    Q(action=Action.USER_REMOVED) & ~Q(changes__has_key="deleted_at")
)


def since(moment: str, customer: str) -> Any:
    """Return the customer's events of the figures from this moment of the outer row on.

    The log has no index of moments: the newest event before is looked for, from the end.
    """
    own = AuditEvent.objects.filter(customer=OuterRef(customer))
    # Within two queries, the row is two rows up.
    before = AuditEvent.objects.filter(
        customer=OuterRef(OuterRef(customer)), at__lt=OuterRef(OuterRef(moment)) - INTERLEAVED
    ).order_by("-id")
    return own.filter(
        pk__gt=Coalesce(Subquery(before.values("pk")[:1]), 0),
        at__gte=OuterRef(moment),
        action__in=CHANGES_FIGURES,
    ).order_by()


def counted(events: Any, which: Q) -> Combinable:
    """Return how many of these events there are, as an expression of the outer row."""
    found = events.filter(which).values("customer").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)
