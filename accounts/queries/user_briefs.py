"""Users in a few columns: what is looked at of very many, where objects cost too much."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, Role, roles_named

from ..models import User


class Brief(NamedTuple):
    """A user's columns, named as in User; `deleter` is the name of the user who deleted this
    one.
    """

    pk: int
    display_name: str
    user_name: str
    usage_location: str
    role_names: str | None
    blocked_at: datetime | None
    deleted_at: datetime | None
    purge_after: datetime | None
    deleted_by_name: str | None

    @property
    def deleter(self) -> str:
        return self.deleted_by_name or ""

    @property
    def roles(self) -> tuple[Role, ...]:
        return roles_named(self.role_names)

    @property
    def is_administrator(self) -> bool:
        return any(role in CUSTOMER_ROLES for role in self.roles)


_COLUMNS = (*Brief._fields[:-1], "deleted_by__display_name")


def briefs_of(ids: Iterable[int], customer: Customer) -> dict[int, Brief]:
    """Return those of the customer's users who are among these, by id."""
    users = User.objects.with_roles().filter(customer=customer, pk__among=list(ids))
    return {row[0]: Brief._make(row) for row in users.values_list(*_COLUMNS)}
