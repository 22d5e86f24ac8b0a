"""How much waits for a worker, and for how long: what an alarm asks for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from customers import scope
from customers.models import Batch, BatchState

from ..models import Delivery


@dataclass(frozen=True, slots=True)
class Waiting:
    count: int
    oldest_seconds: float


def waiting() -> dict[str, Waiting]:
    """Return what waits, of every partner: batches and mails; a query each."""
    # A batch waits once, from its beginning on; a mail may wait again, and one that
    # a mail server put off waits for no worker.
    works: dict[str, tuple[QuerySet[Any], str]] = {
        "batches": (Batch.objects.filter(state=BatchState.WAITING), "created_at"),
        "mails": (Delivery.objects.due(), "waiting_since"),
    }
    return {name: waiting_of(rows, since) for name, (rows, since) in works.items()}


def waiting_of(rows: QuerySet[Any], since: str) -> Waiting:
    """Return how many rows there are, of every partner, and how long the first has waited."""
    with scope.within(scope.TASKS):
        found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    oldest = found["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return Waiting(found["count"], round(age, 1))
