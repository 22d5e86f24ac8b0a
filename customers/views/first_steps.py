"""What a new customer still needs before its users can work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from customers.models import Customer
from customers.roles import Capability

if TYPE_CHECKING:
    from accounts.models import User


def first_steps(
    customer: Customer, user: "User", *, subscriptions: Sequence[object], deleted: int, sheets: int
) -> dict[str, bool]:
    """Return the first steps that the role can do, each with whether it is done.

    Empty once all of them are done. A subscription that was canceled, users that were deleted and
    passwords that were handed over count: a customer is new only once. `subscriptions`, `deleted`
    and `sheets` (open ones that the user may read) are what the page has counted anyway.
    """
    steps: dict[str, bool] = {}
    has_users = bool(customer.active_users or deleted)
    if user.can(Capability.MANAGE_SUBSCRIPTIONS):
        steps["subscription"] = bool(subscriptions) or customer.subscriptions.exists()
    if user.can(Capability.MANAGE_USERS):
        steps["users"] = has_users
        if user.can(Capability.RESET_PASSWORDS):
            steps["passwords"] = has_users and (
                not sheets or customer.sheets.filter(destroyed_at__isnull=False).exists()
            )
    return {} if all(steps.values()) else steps
