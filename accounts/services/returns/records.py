"""What was chosen for users to restore, and what comes back with each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from customers.models import Domain

from ...models import User
from ..expiry import temporary_password_expired


class HeldLicense(NamedTuple):
    """A license that a deletion released; `pk` is its assignment's."""

    pk: int
    user_id: int
    subscription_id: int
    product_id: int
    product: str
    services_off: list[str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What was decided about users to restore; all else goes in the order of the list.

    `names` are other user names by user id, `skip` are users who stay deleted. Of the licenses, by
    the id of the released assignment, `first` get their seats before all others, and `without` stay
    away although there might be a seat.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    skip: Collection[int] = frozenset()
    first: Collection[int] = frozenset()
    without: Collection[int] = frozenset()

    def as_request(self) -> dict[str, Any]:
        """Return the choices as JSON has them, for a batch that waits."""
        return {
            "names": {str(pk): name for pk, name in self.names.items()},
            "skip": sorted(self.skip),
            "first": sorted(self.first),
            "without": sorted(self.without),
        }

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> Self:
        """Return the choices that as_request has written."""
        return cls(
            names={int(pk): name for pk, name in request.get("names", {}).items()},
            skip=frozenset(request.get("skip", ())),
            first=frozenset(request.get("first", ())),
            without=frozenset(request.get("without", ())),
        )


@dataclass(slots=True)
class Return:
    """One user's way back. With a `name_problem` it can't go on; `proposal` is a free name."""

    user: User
    user_name: str
    old_name: str
    domain: Domain | None = None
    name_problem: str = ""
    proposal: str = ""
    back: list[HeldLicense] = field(default_factory=list)
    lost: list[tuple[HeldLicense, str]] = field(default_factory=list)
    # Of the lost ones, those that lack nothing but a seat.
    short: list[HeldLicense] = field(default_factory=list)

    @property
    def lost_rows(self) -> list[HeldLicense]:
        return [row for row, _reason in self.lost]

    @property
    def has_problem(self) -> bool:
        return bool(self.name_problem or self.lost)

    @property
    def password_expired(self) -> bool:
        return temporary_password_expired(self.user)
