"""The rows of Manage licenses: subscriptions with their boxes of two or three states."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from licensing.models import Subscription, SubscriptionStatus

from ..services.licenses import LicenseChange


class State(StrEnum):
    ALL = "all"
    SOME = "some"
    NONE = "none"

    @classmethod
    def of(cls, count: int, number: int) -> "State":
        if count == 0:
            return cls.NONE
        return cls.ALL if count == number else cls.SOME


# By key, whether it is wanted for all (True) or for nobody (False); what stays is not in it.
Choice = dict[str, bool]


@dataclass(slots=True)
class Box:
    """A checkbox of one, two or three states: as it was, and as it is wanted."""

    key: str
    name: str
    was: State
    now: State

    @classmethod
    def wanted(cls, key: str, name: str, was: State, choice: Choice) -> "Box":
        now = was if key not in choice else State.ALL if choice[key] else State.NONE
        return cls(key, name, was, now)

    @property
    def id(self) -> str:
        """Return the id on the page, without the colon that CSS would need escaped."""
        return self.key.replace(":", "-")

    @property
    def changed(self) -> bool:
        return self.was != self.now


@dataclass(slots=True)
class LicenseRow:
    """One subscription with the chosen users, of whom `held` have it.

    `plus` and `minus` are how many get and lose it; a `target` is what others are swapped for,
    `proposed` the source of a swap that nobody has asked for yet.
    """

    subscription: Subscription
    users: int
    held: int
    box: Box
    plans: Sequence[Box]
    is_source: bool = False
    is_target: bool = False
    is_proposed: bool = False
    plus: int = 0
    minus: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return self.subscription.status == SubscriptionStatus.ACTIVE

    @property
    def is_off(self) -> bool:
        """Return whether nothing can be done here: no user has it, and none may get it."""
        return not self.is_active and not self.held

    @property
    def lacks_seats(self) -> bool:
        return self.is_active and self.subscription.available < self.users - self.held

    @property
    def seats_for_all(self) -> int:
        """Return the seats that there must be for all chosen users to have it."""
        return self.subscription.taken + self.users - self.held

    @property
    def leaves(self) -> int:
        return self.subscription.available - self.plus + self.minus

    @property
    def missing(self) -> int:
        return max(0, -self.leaves) if self.plus else 0

    @property
    def changes_plans(self) -> bool:
        return self.box.now != State.NONE and any(plan.changed for plan in self.plans)

    @property
    def plans_on(self) -> int:
        return sum(plan.now != State.NONE for plan in self.plans)

    @property
    def is_touched(self) -> bool:
        return bool(self.plus or self.minus or self.box.changed or self.changes_plans)

    def change(self) -> LicenseChange | None:
        """Return what the service shall do, without a swap; None leaves this subscription out."""
        if not (self.box.changed or self.changes_plans):
            return None
        if self.box.now == State.NONE:
            return LicenseChange(have=False)
        if self.box.changed:
            return self.given()
        off, on = self._plans(anew=False)
        return LicenseChange(switch_off=off, switch_on=on)

    def given(self, *, instead_of: int | None = None) -> LicenseChange:
        """Return the change that gives it, with the plans as the page shows them."""
        off, on = self._plans(anew=True)
        return LicenseChange(have=True, switch_off=off, switch_on=on, instead_of=instead_of)

    def _plans(self, *, anew: bool) -> tuple[frozenset[str], frozenset[str]]:
        """Return the codes of the plans to switch off and on."""
        off = {plan.key for plan in self.plans if plan.now == State.NONE and (anew or plan.changed)}
        on = {plan.key for plan in self.plans if plan.changed and plan.now == State.ALL}
        return _codes(off), _codes(on)


def _codes(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.partition(":")[2] for key in keys)
