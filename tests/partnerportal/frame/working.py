"""Work that waits, so that the frame has something to count."""

from typing import Any

from customers.models import Batch, BatchKind
from customers.services.batches import leave_batch
from tests.support.cast import Cast


def left(cast: Cast, users: int = 10, **values: Any) -> Batch:
    asked = {"actor": cast.alice, "customer": cast.contoso} | values
    return leave_batch(BatchKind.BLOCK, list(range(1, users + 1)), **asked)
