"""What the page of a restore shows: its rows, the seats that run short, its figures."""

from dataclasses import dataclass, field

from django.forms import BoundField

from licensing.models import Subscription

from ..services.returns import Return


@dataclass(frozen=True, slots=True)
class SeatBox:
    """A license of which there are too few seats: checked, it gets one."""

    pk: int
    subscription_id: int
    product: str
    label: str
    checked: bool
    why_not: str


@dataclass(slots=True)
class RestoreRow:
    """One user on the page; `name_field` asks for another name, or None."""

    item: Return
    # Told apart from the others on the page.
    name: str
    name_field: BoundField | None
    skipped: bool
    boxes: list[SeatBox] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShortSeats:
    """A subscription with fewer free seats than users who want one back.

    `elsewhere` counts the seats of users without a row on the page.
    """

    subscription: Subscription
    wanted: int
    given: int
    elsewhere: int

    @property
    def free(self) -> int:
        return self.subscription.available if self.subscription.is_active else 0

    @property
    def too_many(self) -> int:
        return max(0, self.given - self.free)

    @property
    def for_all(self) -> int:
        """How many seats the subscription has once each of these users can get one."""
        return self.subscription.quantity + self.wanted - self.free


@dataclass(slots=True)
class Figures:
    """The figures of all that comes back: users, licenses, and what is in the way."""

    users: int = 0
    back: int = 0
    without_seat: int = 0
    lost: int = 0
    names: int = 0
