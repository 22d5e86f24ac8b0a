"""The rules of a user's life in plain Python: small enough to be right at a glance.

It predicts what each verb does, or the error that refuses it; test_properties compares.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.services.users import NamesTaken
from customers.errors import Refused
from customers.models import Customer
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import LicenseAssignment, Product
from tests.factories import ProductFactory

REQUIRES = {"addon": {"base"}}
CONFLICTS = {"base": {"rival"}, "rival": {"base"}}
BLOCKED = {"base": {"KP"}}
PRODUCTS = ("addon", "base", "rival")
PLANS = ("CHAT", "MAIL")

Error = type[Refused] | None
Off = frozenset[str]


@dataclass
class KnownUser:
    pk: int
    name: str
    location: str
    holds: dict[int, Off] = field(default_factory=dict)
    deleted: bool = False
    over: bool = False  # the time to restore
    released: dict[int, Off] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.name.partition("@")[2]


@dataclass
class Pool:
    pk: int
    product: str
    quantity: int
    status: str = "active"


@dataclass
class Portal:
    domains: list[str]  # the primary one first
    users: dict[int, KnownUser] = field(default_factory=dict)
    pools: dict[int, Pool] = field(default_factory=dict)

    def living(self) -> list[KnownUser]:
        return [user for user in self.users.values() if not user.deleted]

    def restorable(self) -> list[KnownUser]:
        return [user for user in self.users.values() if user.deleted and not user.over]

    def names(self) -> set[str]:
        return {user.name for user in self.living()}

    def assigned(self, pool: Pool) -> int:
        return sum(pool.pk in user.holds for user in self.users.values())

    def free(self, pool: Pool) -> int:
        return pool.quantity - self.assigned(pool)

    def products(self, pools: Iterable[int]) -> set[str]:
        return {self.pools[pk].product for pk in pools}

    def allowed(self, pk: int, held: Iterable[int], location: str) -> bool:
        """Whether this may be held together with the others, there."""
        product, others = self.pools[pk].product, self.products(held)
        return (
            bool(location)
            and location not in BLOCKED.get(product, ())
            and others >= REQUIRES.get(product, set())
            and others.isdisjoint(CONFLICTS.get(product, ()))
        )

    def seats_error(self, gains: Mapping[int, int]) -> Error:
        """`gains` is how many more each pool has to give, by its key; 0 for a swap in place."""
        if any(self.pools[pk].status != "active" for pk in gains):
            return NotActive
        short = any(by > self.free(self.pools[pk]) for pk, by in gains.items())
        return SeatsShort if short else None

    # add

    def add_error(self, names: Sequence[str], location: str, licenses: Mapping[int, Off]) -> Error:
        if any(name.partition("@")[2] not in self.domains for name in names):
            return Refused
        if len(set(names)) < len(names) or self.names() & set(names):
            return NamesTaken
        if not all(self.allowed(pk, licenses, location) for pk in licenses):
            return RulesBroken
        return self.seats_error(dict.fromkeys(licenses, len(names)))

    # licenses

    def change_error(
        self, users: Sequence[KnownUser], changes: Mapping[int, tuple[bool | None, Off, Off]]
    ) -> Error:
        if any(user.deleted for user in users):
            return Refused
        gains: dict[int, int] = {}
        takes = set()
        for user in users:
            after = self.after(user, changes)
            new, gone = after.keys() - user.holds.keys(), user.holds.keys() - after.keys()
            lost = self.products(gone) - self.products(new)
            orphaned = any(
                REQUIRES.get(self.pools[pk].product, set()) & lost
                for pk in after.keys() & user.holds.keys()
            )
            if orphaned or not all(self.allowed(pk, after, user.location) for pk in new):
                return RulesBroken
            takes |= new
            for pk in new:
                gains[pk] = gains.get(pk, 0) + 1
            for pk in gone:
                gains[pk] = gains.get(pk, 0) - 1
        return self.seats_error({pk: gains[pk] for pk in takes})

    def after(
        self, user: KnownUser, changes: Mapping[int, tuple[bool | None, Off, Off]]
    ) -> dict[int, Off]:
        holds = dict(user.holds)
        for pk, (have, switch_on, switch_off) in changes.items():
            if have is False:
                holds.pop(pk, None)
            elif pk in holds:
                holds[pk] = (holds[pk] | switch_off) - switch_on
            elif have:
                holds[pk] = switch_off
        return holds

    # delete and restore

    def delete(self, users: Iterable[KnownUser]) -> None:
        for user in users:
            if not user.deleted:
                user.deleted, user.released, user.holds = True, user.holds, {}

    def restore_error(self, users: Sequence[KnownUser], names: Mapping[int, str]) -> Error:
        back = [user for user in users if user.deleted and not user.over]
        wanted = [names.get(user.pk, user.name) for user in back]
        taken = self.names() & set(wanted) or len(set(wanted)) < len(wanted)
        gone = any(name.partition("@")[2] not in self.domains for name in wanted)
        return Refused if taken or gone or not back else None

    def restore(self, users: Sequence[KnownUser], names: Mapping[int, str]) -> None:
        """In the order of the list, as far as seats and rules allow."""
        for user in users:
            if not user.deleted or user.over:
                continue
            user.name = names.get(user.pk, user.name)
            user.holds = self.coming_back(user)
            user.deleted, user.released = False, {}

    def coming_back(self, user: KnownUser) -> dict[int, Off]:
        back = dict(user.released)
        while True:
            for pk in sorted(back, key=lambda pk: (self.pools[pk].product, pk)):
                pool = self.pools[pk]
                has_seat = pool.status == "active" and self.free(pool) > 0
                if not has_seat or not self.allowed(pk, back, user.location):
                    del back[pk]
                    break
            else:
                return back

    # subscriptions

    def cancel(self, pool: Pool) -> None:
        pool.status = "canceled"
        for user in self.users.values():
            user.holds.pop(pool.pk, None)

    def current(self, product: str) -> bool:
        return any(
            pool.product == product and pool.status != "canceled" for pool in self.pools.values()
        )

    def expected(self) -> dict[str, Any]:
        """What `stored` finds where the database is as this."""
        living = len(self.living())
        return {
            "users": {
                user.pk: (user.name, user.location, user.deleted, user.holds)
                for user in self.users.values()
            },
            "pools": {
                pool.pk: (pool.quantity, pool.status, self.assigned(pool))
                for pool in self.pools.values()
            },
            "counters": (living, len(self.users) - living),
            "domains": self.domains,
        }


def stored(customer: Customer) -> dict[str, Any]:
    held: dict[int, dict[int, Off]] = {}
    live = LicenseAssignment.objects.live().filter(customer=customer)
    for user, pk, off in live.values_list("user", "subscription", "services_off"):
        held.setdefault(user, {})[pk] = frozenset(off)
    columns = ("pk", "user_name", "usage_location", "deleted_at")
    pools = customer.subscriptions.values_list("pk", "quantity", "status", "assigned")
    return {
        "users": {
            pk: (name, str(location), deleted_at is not None, held.get(pk, {}))
            for pk, name, location, deleted_at in customer.users.values_list(*columns)
        },
        "pools": {pk: tuple(rest) for pk, *rest in pools},
        "counters": (customer.active_users, customer.deleted_users),
        "domains": [row.name for row in customer.domains.order_by("-is_primary", "name")],
    }


def make_products() -> dict[str, Product]:
    """The catalog of the rules above."""
    products = {name: ProductFactory.create(name=name, plans=PLANS) for name in PRODUCTS}
    for name, product in products.items():
        product.requires.set(products[other] for other in REQUIRES.get(name, ()))
        product.conflicts.set(products[other] for other in CONFLICTS.get(name, ()))
        product.blocked_countries = sorted(BLOCKED.get(name, ()))
        product.save()
    return products
