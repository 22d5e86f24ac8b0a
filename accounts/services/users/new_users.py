"""Users who are to be added, and the seats that they take."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.errors import Refused
from customers.models import Customer, Domain
from customers.roles import Role
from licensing.errors import CHOSEN_GONE, RulesBroken
from licensing.models import Subscription
from licensing.rules import Catalog, check_plans
from licensing.services.seats import AlikeSeats, check_moves, lock_subscriptions, move_alike, tally


@dataclass(frozen=True, slots=True)
class License:
    """A license that a new user is to have, and its plans that are off."""

    subscription_id: int
    services_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be added; `fields` are further model fields: names, location, contact data."""

    local_part: str
    domain: Domain
    display_name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    licenses: tuple[License, ...] = ()

    @property
    def user_name(self) -> str:
        return f"{self.local_part}@{self.domain.name}"


Chunk = Sequence[NewUser]


class Ledger:
    """The seats of all chunks, counted at the very end: so the lock of a subscription is short."""

    def __init__(self, customer: Customer) -> None:
        self.gained: Counter[int] = Counter()
        self._customer = customer
        self._subscriptions: dict[int, Subscription] = {}
        self._catalog: Catalog | None = None
        self._switched_off: set[tuple[int, tuple[str, ...]]] = set()
        self._problems: dict[tuple[tuple[int, ...], str], dict[int, str]] = {}

    def take(self, chunk: Chunk, ids: Sequence[int], at: datetime) -> list[AlikeSeats]:
        """Write what the chunk's users take. Refused, RulesBroken where they may not."""
        wanting: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        for pk, user in zip(ids, chunk, strict=True):
            for item in user.licenses:
                off = tuple(sorted(item.services_off))
                wanting.setdefault((item.subscription_id, off), []).append(pk)
        if not wanting:
            return []
        wanted = {pk for pk, _off in wanting}
        if new := wanted - self._subscriptions.keys():
            own = self._customer.subscriptions.select_related("product").filter(pk__in=new)
            self._subscriptions |= {row.pk: row for row in own}
        if wanted - self._subscriptions.keys():
            raise Refused(
                str(CHOSEN_GONE),
                code="subscription-gone",
            )
        codes: dict[int, set[str]] = {}
        for pk, off in wanting.keys() - self._switched_off:
            codes.setdefault(self._subscriptions[pk].product_id, set()).update(off)
            self._switched_off.add((pk, off))
        check_plans(codes)
        self._check_rules(chunk, ids)
        seats = [AlikeSeats(pk, users, off) for (pk, off), users in wanting.items()]
        move_alike(take=seats, customer_id=self._customer.pk, at=at)
        self.gained += tally(seats)
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
            check_moves(self.gained, {}, self._subscriptions)
        except Refused:
            locked = lock_subscriptions(self.gained)
            try:
                check_moves(self.gained, {}, locked)
            except Refused:
                users = (user for chunk in rest for user in chunk)
                left = [item.subscription_id for user in users for item in user.licenses]
                wanted = self.gained + Counter(pk for pk in left if pk in locked)
                check_moves(wanted, {}, locked)
                raise
            self._subscriptions |= locked

    def facts(self, seats: AlikeSeats) -> dict[str, Any]:
        """Return what the log says of such a license."""
        facts: dict[str, Any] = {"product": self._subscriptions[seats.subscription_id].product.name}
        return facts | ({"services_off": list(seats.services_off)} if seats.services_off else {})
