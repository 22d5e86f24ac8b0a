"""A customer's days, from what is now back through the log, as nightly rows would have had them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from customers.actions import Action
from customers.models import AuditEvent, Customer
from licensing.models import LicenseAssignment

from ...models import User
from ...queries.reports.events import CHANGES_FIGURES

CHUNK = 2_000
Price = tuple[Decimal | None, str]


class Event(NamedTuple):
    """What the log says that figures need."""

    at: datetime
    action: str
    target: int
    changes: dict[str, Any]


@dataclass(slots=True)
class Pool:
    """A subscription as it was at some moment: its seats, and who held one."""

    pk: int
    product: int
    bought: int
    price: Price
    holders: set[int] = field(default_factory=set)
    # Seats of users who are gone for good, of whom nothing else is known.
    unknown: int = 0

    def let(self, user: int) -> None:
        """Undo that a user took a seat."""
        if user in self.holders:
            self.holders.remove(user)
        elif self.unknown:
            self.unknown -= 1

    @property
    def assigned(self) -> int:
        return len(self.holders) + self.unknown


class SeatsThen(NamedTuple):
    """The seats of a subscription at the end of a day."""

    subscription: int
    bought: int
    assigned: int
    blocked: int
    price: Price


class DayThen(NamedTuple):
    """A customer's figures at the end of a day."""

    day: date
    users: int
    added: int
    deleted: int
    restored: int
    seats: list[SeatsThen]


class Walk:
    """The way back, an event at a time. What is known of the customer is kept as it was then."""

    def __init__(self, customer: Customer, since: datetime) -> None:
        self.customer = customer
        self.events = AuditEvent.objects.of(customer).filter(
            at__gte=since, action__in=CHANGES_FIGURES
        )
        own = User.objects.filter(customer=customer)
        self.users = own.filter(deleted_at=None).count()
        blocked = own.filter(blocked_at__isnull=False)
        self.blocked = set(blocked.values_list("pk", flat=True))
        self.names: dict[str, list[int]] = defaultdict(list)
        self.all: dict[int, Pool] = {}
        self.current: dict[int, Pool] = {}
        self._read_seats()
        self.held_at_end: dict[int, set[str]] = {}
        self._read_the_gone()

    def _read_seats(self) -> None:
        for row in self.customer.subscriptions.select_related("product").order_by("pk"):
            price = (row.price, row.currency)
            pool = Pool(row.pk, row.product_id, row.quantity, price)
            self.all[row.pk] = pool
            self._name(row.product.name, row.product_id)
            if not row.is_canceled:
                self.current[row.product_id] = pool
        held = LicenseAssignment.objects.live().filter(customer=self.customer)
        for pk, user in held.values_list("subscription_id", "user_id").iterator(CHUNK):
            self.all[pk].holders.add(user)
        # As products were called before: the log has the names of then.
        products = {pool.product for pool in self.all.values()}
        renamed = AuditEvent.objects.filter(
            action=Action.PRODUCT_CHANGED, target_type="product", target_id__in=products
        )
        for product, changes in renamed.values_list("target_id", "changes"):
            for name in changes.get("name") or ():
                self._name(str(name), product or 0)

    def _name(self, name: str, product: int) -> None:
        if product not in self.names[name]:
            self.names[name].append(product)

    def _read_the_gone(self) -> None:
        """Find out of users who are gone for good whether they were blocked, and what those held
        who were removed without having been deleted first.
        """
        gone: set[int] = set()
        for event in self._read(self.events.filter(action=Action.USER_REMOVED)):
            gone.add(event.target)
            if "deleted_at" not in event.changes:
                self.held_at_end[event.target] = set()
        told = [Action.USER_BLOCKED, Action.USER_ALLOWED]
        if self.held_at_end:
            told += [Action.LICENSE_ASSIGNED, Action.LICENSE_REVOKED]
        # Also what is older than the days that are asked for.
        whole = AuditEvent.objects.of(self.customer).filter(action__in=told).order_by("id")
        for event in self._read(whole) if gone else ():
            if event.target not in gone:
                continue
            if event.action in (Action.USER_BLOCKED, Action.USER_ALLOWED):
                self._turn(event.target, blocked=event.action == Action.USER_BLOCKED)
            elif event.target in self.held_at_end:
                names = self.held_at_end[event.target]
                takes = event.action == Action.LICENSE_ASSIGNED
                (names.add if takes else names.discard)(str(event.changes["product"]))

    @staticmethod
    def _read(events: Any) -> Iterator[Event]:
        rows = events.values_list("at", "action", "target_id", "changes")
        return (Event(*row) for row in rows.iterator(CHUNK))

    def back(self) -> Iterator[Event]:
        """Yield the events from the newest on; once one is asked for, the last one is undone."""
        for event in self._read(self.events.order_by("-id")):
            yield event
            self._undo(event)

    def _undo(self, event: Event) -> None:
        if event.action.startswith("subscription."):
            self._undo_subscription(event)
        elif event.action.startswith("license."):
            self._undo_license(event.target, event.changes["product"], event.action)
        else:
            self._undo_user(event.target, event)

    def _undo_license(self, user: int, product: object, action: str) -> None:
        if action == Action.LICENSE_ASSIGNED:
            self._let(user, [product])
        else:
            self._hold(user, [product])

    def _undo_user(self, user: int, event: Event) -> None:
        match event.action:
            case Action.USER_ADDED:
                self.users -= 1
            case Action.USER_DELETED:
                self.users += 1
                self._hold(user, event.changes.get("released", ()))
            case Action.USER_RESTORED:
                self.users -= 1
                self._let(user, event.changes.get("restored", ()))
            case Action.USER_REMOVED if user in self.held_at_end:
                self.users += 1
                self._hold(user, self.held_at_end[user])
            case Action.USER_BLOCKED | Action.USER_ALLOWED:
                self._turn(user, blocked=event.action == Action.USER_ALLOWED)

    def _undo_subscription(self, event: Event) -> None:
        pool = self.all.get(event.target)
        if pool is None:
            return
        match event.action:
            case Action.SUBSCRIPTION_ADDED:
                self.current.pop(pool.product, None)
            case Action.SUBSCRIPTION_SEATS:
                pool.bought = int(event.changes["seats"][0])
            case Action.SUBSCRIPTION_PRICE:
                price, _space, currency = str(event.changes["price"][0]).partition(" ")
                pool.price = (Decimal(price) if price else None, currency)
            case Action.SUBSCRIPTION_CANCELED:
                self.current[pool.product] = pool
                # They were released with it; of those who are gone for good no row is left.
                held = LicenseAssignment.objects.filter(subscription=pool.pk)
                last = held.order_by("-released_at").values_list("released_at", flat=True).first()
                released = int(event.changes.get("released", 0))
                if released:
                    users = held.filter(released_at=last).values_list("user_id", flat=True)
                    pool.holders = set(users[:released])
                    pool.unknown = released - len(pool.holders)

    def _turn(self, user: int, *, blocked: bool) -> None:
        (self.blocked.add if blocked else self.blocked.discard)(user)

    def _hold(self, user: int, names: Iterable[Any]) -> None:
        for pool in self._pools(names):
            pool.holders.add(user)

    def _let(self, user: int, names: Iterable[Any]) -> None:
        for pool in self._pools(names):
            pool.let(user)

    def _pools(self, names: Iterable[Any]) -> Iterator[Pool]:
        for name in names:
            found = [self.current.get(product) for product in self.names.get(str(name), ())]
            yield from [pool for pool in found if pool][:1]

    def close(self, day: date) -> DayThen:
        """Return the figures of a day that ended at this moment of the walk."""
        seats = [
            SeatsThen(
                *(pool.pk, pool.bought, pool.assigned, len(pool.holders & self.blocked)),
                pool.price,
            )
            for pool in self.current.values()
        ]
        return DayThen(day, self.users, 0, 0, 0, seats)

    def flow_of(self, event: Event) -> str:
        """Return in which sum an event counts, if it does."""
        match event.action:
            case Action.USER_ADDED:
                return "added"
            case Action.USER_RESTORED:
                return "restored"
            case Action.USER_DELETED:
                return "deleted"
            case Action.USER_REMOVED if event.target in self.held_at_end:
                return "deleted"
        return ""


def days_then(customer: Customer, ends: dict[date, datetime], since: datetime) -> list[DayThen]:
    """Return the figures at the end of each of these days, the oldest first.

    The days follow on each other, and the first one begins at `since`. The caller's transaction
    sees everything as of one moment.
    """
    walk, ahead = Walk(customer, since), sorted(ends)
    found: list[DayThen] = []
    flows: Counter[tuple[date, str]] = Counter()
    for event in walk.back():
        # As it was once this had happened, and nothing after it.
        while ahead and ends[ahead[-1]] > event.at:
            found.append(walk.close(ahead.pop()))
        if found and (kind := walk.flow_of(event)):
            flows[found[-1].day, kind] += 1
    found += [walk.close(day) for day in reversed(ahead)]
    return [
        then._replace(
            added=flows[then.day, "added"],
            deleted=flows[then.day, "deleted"],
            restored=flows[then.day, "restored"],
        )
        for then in reversed(found)
    ]
