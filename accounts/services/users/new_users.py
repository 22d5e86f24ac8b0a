"""Users who are to be added, and the seats that they take."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices

from customers.errors import Refused
from customers.models import Customer, Domain
from customers.roles import Role
from customers.said import gettext_lazy
from licensing.errors import CHOSEN_GONE, RulesBroken
from licensing.models import Subscription
from licensing.rules import Catalog, check_plans
from licensing.services.reservations import write_reservations
from licensing.services.seats import AlikeSeats, check_moves, lock_subscriptions, move_alike, tally


@dataclass(frozen=True, slots=True)
class License:
    """A license that a new user is to have, and its plans that are off."""

    subscription_id: int
    services_off: tuple[str, ...] = ()


class SeatsUntil(TextChoices):
    """What becomes of the licenses of a new user until the first day."""

    NOW = "now", gettext_lazy("Assign them now: the seats are taken from today")
    RESERVE = "reserve", gettext_lazy("Reserve the seats until then")
    THEN = "then", gettext_lazy("Assign them on the day, as far as seats are available then")


@dataclass(frozen=True, slots=True)
class Start:
    """A first day, by the customer's clock; `password_then`: none is made before it."""

    on: date
    seats: SeatsUntil = SeatsUntil.NOW
    password_then: bool = False


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be added; `fields` are further model fields: names, location, contact data."""

    local_part: str
    domain: Domain
    display_name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    licenses: tuple[License, ...] = ()
    # None: from now on.
    start: Start | None = None

    @property
    def has_password(self) -> bool:
        """Whether a temporary password is made now."""
        return self.start is None or not self.start.password_then

    @property
    def seats(self) -> SeatsUntil:
        return self.start.seats if self.start else SeatsUntil.NOW

    @property
    def user_name(self) -> str:
        return f"{self.local_part}@{self.domain.name}"


Chunk = Sequence[NewUser]


class Ledger:
    """The seats of all chunks, counted at the very end: so the lock of a subscription is short."""

    def __init__(self, customer: Customer) -> None:
        self.gained: Counter[int] = Counter()
        self.reserved: Counter[int] = Counter()
        self._customer = customer
        self._subscriptions: dict[int, Subscription] = {}
        self._catalog: Catalog | None = None
        self._switched_off: set[tuple[int, tuple[str, ...]]] = set()
        self._problems: dict[tuple[tuple[int, ...], str], dict[int, str]] = {}

    def take(self, chunk: Chunk, ids: Sequence[int], at: datetime) -> list[AlikeSeats]:
        """Write what the chunk's users take. Refused, RulesBroken where they may not."""
        # By when, subscription and plans: who wants it.
        wanting: dict[SeatsUntil, dict[tuple[int, tuple[str, ...]], list[int]]] = {}
        for pk, user in zip(ids, chunk, strict=True):
            mine = wanting.setdefault(user.seats, {})
            for item in user.licenses:
                off = tuple(sorted(item.services_off))
                mine.setdefault((item.subscription_id, off), []).append(pk)
        asked = {each for some in wanting.values() for each in some}
        if not asked:
            return []
        wanted = {pk for pk, _off in asked}
        if new := wanted - self._subscriptions.keys():
            own = self._customer.subscriptions.select_related("product").filter(pk__in=new)
            self._subscriptions |= {row.pk: row for row in own}
        if wanted - self._subscriptions.keys():
            raise Refused(str(CHOSEN_GONE), code="subscription-gone")
        codes: dict[int, set[str]] = {}
        for pk, off in asked - self._switched_off:
            codes.setdefault(self._subscriptions[pk].product_id, set()).update(off)
            self._switched_off.add((pk, off))
        check_plans(codes)
        self._check_rules(chunk, ids)
        now = wanting.get(SeatsUntil.NOW, {})
        seats = [AlikeSeats(pk, users, off) for (pk, off), users in now.items()]
        kept: dict[int, list[int]] = {}
        for (pk, _off), users in wanting.get(SeatsUntil.RESERVE, {}).items():
            kept.setdefault(pk, []).extend(users)
        move_alike(take=seats, customer_id=self._customer.pk, at=at)
        self.gained += tally(seats)
        self.reserved += write_reservations(kept, customer_id=self._customer.pk, at=at)
        return seats

    def _check_rules(self, chunk: Chunk, ids: Sequence[int]) -> None:
        broken = {}
        for pk, user in zip(ids, chunk, strict=True):
            held = tuple(item.subscription_id for item in user.licenses)
            case = (held, str(user.fields.get("usage_location", "")))
            if held and case not in self._problems:
                self._catalog = self._catalog or Catalog()
                products = [self._subscriptions[pool].product_id for pool in held]
                self._problems[case] = self._catalog.problems(products, products, case[1])
            if held and self._problems[case]:
                broken[pk] = self._problems[case]
        if broken:
            raise RulesBroken(broken)

    def check_free(self, rest: Iterator[Chunk]) -> None:
        """Raise early, lest much is written in vain; a refusal is by the locked rows, for all."""
        try:
            check_moves(self.gained, {}, self._subscriptions, reserved=self.reserved)
        except Refused:
            locked = lock_subscriptions({*self.gained, *self.reserved})
            try:
                check_moves(self.gained, {}, locked, reserved=self.reserved)
            except Refused:
                users = (user for chunk in rest for user in chunk)
                now = (user for user in users if user.seats != SeatsUntil.THEN)
                left = [item.subscription_id for user in now for item in user.licenses]
                wanted = self.gained + Counter(pk for pk in left if pk in locked)
                check_moves(wanted, {}, locked, reserved=self.reserved)
                raise
            self._subscriptions |= locked

    def facts(self, seats: AlikeSeats) -> dict[str, Any]:
        """Return what the log says of such a license."""
        facts: dict[str, Any] = {"product": self._subscriptions[seats.subscription_id].product.name}
        return facts | ({"services_off": list(seats.services_off)} if seats.services_off else {})
