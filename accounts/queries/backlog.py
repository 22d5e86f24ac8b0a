"""How much waits for a worker, and for how long: what an alarm asks for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from customers import scope
from customers.models import Batch, BatchState
from uploads.models import Upload, UploadState

from ..models import Delivery, DeliveryState


@dataclass(frozen=True, slots=True)
class Waiting:
    count: int
    oldest_seconds: float


def waiting() -> dict[str, Waiting]:
    """Of every partner, whoever asks: batches, uploads and mails; a query each."""
    # A batch waits once, from its beginning on; the others may wait again.
    works: dict[str, tuple[QuerySet[Any], str]] = {
        "batches": (Batch.objects.filter(state=BatchState.WAITING), "created_at"),
        "uploads": (Upload.objects.filter(state=UploadState.WAITING), "waiting_since"),
        "mails": (Delivery.objects.filter(state=DeliveryState.WAITING), "waiting_since"),
    }
    with scope.within(scope.TASKS):
        return {name: _waiting(rows, since) for name, (rows, since) in works.items()}


def _waiting(rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    oldest = found["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return Waiting(found["count"], round(age, 1))
