"""The first day of new users: what waits for it, and who else has to know.

Nobody signs in before that day (accounts.signin.admission). What is to be done on it, such as to
give the licenses, an app above schedules: it says so when it is ready.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from customers.errors import Refused
from customers.models import Batch, Customer
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.zones import Zone, zone_of

from ...models import User
from .new_users import License, NewUser, SeatsUntil

TOO_FAR = gettext_lazy("Choose a start date within the next 2 years.")

# Nobody remembers what was meant for a day that is further ahead.
AHEAD = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Joiner:
    """A user for whom something waits: licenses to be assigned, a password to be made, or both."""

    user_id: int
    on: date
    licenses: tuple[License, ...] = ()
    password: bool = False


# Called with what waits, in the transaction that adds the users, after their seats were counted.
Planned = Callable[[Sequence[Joiner], Customer, User, Batch], object]
# Called with the new first days by user id, in the transaction that moves them.
Moved = Callable[[Mapping[int, date], Customer, User], None]

_planned: list[Planned] = []
_moved: list[Moved] = []


def at_planned_start(act: Planned) -> None:
    """Have this called whenever users are added for whom something waits."""
    _planned.append(act)


def at_moved_start(act: Moved) -> None:
    """Have this called whenever the first day of users becomes another one."""
    _moved.append(act)


def waiting_for(added: Iterable[tuple[int, NewUser]]) -> Iterator[Joiner]:
    """Yield those for whom something is to be done on their first day."""
    for pk, user in added:
        if user.start is None:
            continue
        licenses = () if user.seats == SeatsUntil.NOW else user.licenses
        if licenses or user.start.password_then:
            yield Joiner(pk, user.start.on, licenses, password=user.start.password_then)


def plan_starts(
    joiners: Sequence[Joiner], *, customer: Customer, actor: User, batch: Batch
) -> None:
    if joiners:
        for act in _planned:
            act(joiners, customer, actor, batch)


def tell_moved(days: Mapping[int, date], *, customer: Customer, actor: User) -> None:
    if days:
        for act in _moved:
            act(days, customer, actor)


def today_of(customer: Customer) -> date:
    return timezone.now().astimezone(Zone(zone_of(customer))).date()


def begin_of(on: date, customer: Customer) -> datetime:
    """Return the first moment of this day by the customer's clock."""
    clock = Zone(zone_of(customer))
    found = datetime.combine(on, time(0), clock).astimezone(UTC)
    while found.astimezone(clock).date() < on:
        # Midnight was skipped, where clocks are put forward at that hour.
        found += timedelta(minutes=30)
    return found


def check_day(on: date, customer: Customer) -> None:
    """Raise Refused for a first day that is not ahead, or too far."""
    today = today_of(customer)
    if on <= today:
        text = _("The start date must be in the future. Leave it empty to let the user start now.")
        raise Refused(text, code="start-not-ahead", field="starts_on")
    if on > today + AHEAD:
        text = str(TOO_FAR)
        raise Refused(text, code="start-too-far", field="starts_on")
