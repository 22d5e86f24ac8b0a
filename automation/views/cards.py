"""What the page of a user tells of a plan to remove them."""

from accounts.models import User
from accounts.views.user_cards import Card
from customers.roles import Capability

from ..queries.leave_plans import last_plan_of, rows_of


def leave_card(user: User, seen_by: User) -> Card | None:
    """Return the steps of the last plan, while one waits, and of a user who is deleted."""
    if user.customer_id is None or not seen_by.can(Capability.MANAGE_USERS, user):
        return None
    plan = last_plan_of(user)
    if plan is None:
        return None
    rows = rows_of(plan)
    if user.deleted_at is None and not any(row.waits or row.works for row in rows):
        return None
    return Card("automation/leave_card.html", {"plan": plan, "rows": rows}, of_deleted=True)
