"""Where the pages of a batch are."""

from customers.models import Batch


def page(batch: Batch, rest: str = "") -> str:
    return f"/batches/{batch.pk}/{rest}"
