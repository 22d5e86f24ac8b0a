"""How much waits for a worker, and for how long: what an alarm asks for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from customers import scope
from customers.models import Batch, BatchState

from .models import Delivery, DeliveryState, Upload, UploadState


@dataclass(frozen=True, slots=True)
class Waiting:
    count: int
    oldest_seconds: float


def waiting() -> dict[str, Waiting]:
    """Of every partner, whoever asks: batches, uploads and mails; a query each."""
    works: dict[str, QuerySet[Any]] = {
        "batches": Batch.objects.filter(state=BatchState.WAITING),
        "uploads": Upload.objects.filter(state=UploadState.WAITING),
        "mails": Delivery.objects.filter(state=DeliveryState.WAITING),
    }
    with scope.within(scope.TASKS):
        return {name: _waiting(rows) for name, rows in works.items()}


def _waiting(rows: QuerySet[Any]) -> Waiting:
    found = rows.aggregate(count=Count("pk"), oldest=Min("created_at"))
    oldest = found["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return Waiting(found["count"], round(age, 1))
