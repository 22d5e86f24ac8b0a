"""What is said of staff when they are added or changed, and what is told of it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import Group

from customers.models import Customer
from customers.roles import Role

from ...models import User


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """What staff have; None leaves it as it is. `groups`, `is_superuser`: support staff only."""

    user_name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Sequence[Role] | None = None
    only_customers: Sequence[Customer] | None = None
    limited_to_customers: bool | None = None
    groups: Sequence[Group] | None = None
    is_superuser: bool | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A user and the temporary password, to be told once."""

    user: User
    password: str

    def __repr__(self) -> str:
        return f"Issued({self.user.pk})"
