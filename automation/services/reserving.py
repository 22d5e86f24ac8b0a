"""Seats that are reserved for what a schedule was to give, once it gives nothing."""

from collections.abc import Collection

from customers.models import BatchKind
from licensing.services.reservations import release_reservations

from ..models import PlanKind, Schedule


def release_reserved(over: Schedule, users: Collection[int] | None = None) -> None:
    """Release the seats that are still reserved for what is over, for all of its users or for some;
    called in the transaction that ends it.
    """
    plan = over.plan
    if over.kind != BatchKind.LICENSES or plan is None or plan.kind != PlanKind.JOIN:
        return
    pools = [int(pk) for pk in over.request.get("changes", {})]
    if users is None:
        users = list(over.items.values_list("user", flat=True))
    release_reservations(users, pools)
