"""The check that the actor may act, as they are now: the first question of every service.

Pages ask before (customers.tenancy), of the user as the session knew them. In between the user
may have been blocked, or have lost a role or a customer; and a task runs when no page is open.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connection

from ..errors import Refused
from ..models import Customer
from ..narrowing import why_not
from ..roles import Capability, Reach
from ..said import gettext as _
from .messages import Answer, Query, Statement

if TYPE_CHECKING:
    from accounts.models import User


def check_actor(
    actor: "User",
    capability: Capability,
    *,
    customer: Customer | None = None,
    known: Iterable["User"] = (),
) -> "User":
    """Return the actor as they are now; `known` are fresh rows, among which they may be.

    Raise Refused when they are blocked or deleted, lack the role, or may not see the customer.
    Support staff may do what the admin lets them: Django's permissions say, before.
    """
    fresh = next((row for row in known if row.pk == actor.pk), None) or _fresh(actor)
    if fresh is None or not fresh.is_active:
        raise Refused(
            _("Your own account has been blocked or deleted. Nothing was changed."),
            code="actor-gone",
        )
    if fresh.is_staff:
        return fresh
    if fresh.reach(capability) == Reach.NONE:
        raise Refused(why_not(fresh, capability), code="role-lacks-it")
    if customer is not None and not customer.is_open_to(fresh):
        raise not_open()
    return fresh


def not_open(field: str = "") -> Refused:
    """Return the refusal of a customer whom the actor may not know of."""
    return Refused(
        _("This customer is not open to you. Nothing was changed."),
        code="customer-not-open",
        field=field,
    )


def check_support(actor: "User") -> "User":
    """Return the actor as they are now. Raise Refused for everybody but support staff."""
    fresh = _fresh(actor)
    if fresh is None or not fresh.is_active or not fresh.is_staff:
        raise Refused(_("Only support staff can do this."), code="support-staff-only")
    return fresh


def _fresh(actor: "User") -> "User | None":
    # The model is accounts', which this app does not import.
    users: Any = get_user_model()._default_manager
    fresh: User | None = users.with_roles().filter(pk=actor.pk).first()
    return fresh


# What decides, in the order of the model.
COLUMNS = (
    "id",
    "partner_id",
    "customer_id",
    "is_staff",
    "limited_to_customers",
    "blocked_at",
    "deleted_at",
)


_ANYBODY = Query(
    lambda pk: (
        get_user_model()
        ._default_manager.with_roles()
        .filter(pk=pk)
        .values_list(*COLUMNS, "role_names")
    )
)
# By this function sessions find their users (accounts/signin/lookup.py). Its plan is kept, and
# it takes a quarter of the time of the same query, which is planned each time.
_BY_FUNCTION = (
    f"SELECT {', '.join(f'(found.person).{name}' for name in COLUMNS)}, found.role_names"  # noqa: S608
    " FROM portal_person(%s, NULL) AS found"
)


def acting(pk: int) -> Statement:
    """Return the question for the actor, to send along with others; fresh_of reads the answer."""
    if connection.vendor == "postgresql":
        return Statement(_BY_FUNCTION, [pk])
    return _ANYBODY(pk)


def fresh_of(answer: Answer) -> "list[User]":
    """Return the actor as they are now, if they exist, with the columns that decide."""
    found: list[Any] = []
    for *values, names in answer.rows:
        found.append(get_user_model().from_db(connection.alias, COLUMNS, values))
        found[-1].role_names = names
    return found
