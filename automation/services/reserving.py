"""Seats that are reserved for what a schedule was to give, once it gives nothing."""

from collections.abc import Collection

from customers.models import BatchKind
from licensing.services.reservations import release_reservations

from ..models import PlanKind, Schedule


def let_go(canceled: Schedule, users: Collection[int] | None = None) -> None:
    """Release the seats that are reserved for what was canceled, for all of its users or for some;
    called in the transaction that cancels it.
    """
    plan = canceled.plan
    if canceled.kind != BatchKind.LICENSES or plan is None or plan.kind != PlanKind.JOIN:
        return
    pools = [int(pk) for pk in canceled.request.get("changes", {})]
    if users is None:
        users = list(canceled.items.values_list("user", flat=True))
    release_reservations(users, pools)
