"""The seat ledger. Callers hold the locks of the users; subscriptions are locked here, by id."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import prometheus_client
from django.db import connection
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from customers.models import Customer
from customers.services import bulk
from customers.services.messages import Statement, insertion, send

from ..errors import NotActive, SeatsShort
from ..models import LicenseAssignment, Product, SeatReservation, Subscription, SubscriptionStatus

NOTHING: Mapping[int, int] = MappingProxyType({})

SEATS_REFUSED = prometheus_client.Counter(
    "portal_seats_refused", "Checks and changes that found too few seats."
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One wanted seat: for which user, of which subscription, with these plans switched off."""

    user_id: int
    subscription_id: int
    services_off: tuple[str, ...] = ()


def lock_subscriptions(
    ids: Iterable[int], *, customer: Customer | None = None, wait: bool = True
) -> dict[int, Subscription]:
    """Lock subscriptions in the order of their ids, which is the order that all take.

    With a `customer`, those of other customers are not found; without `wait`, those that another
    has locked. So asks who holds some already, of higher ids maybe.
    """
    skip = not wait and connection.features.has_select_for_update_skip_locked
    rows = (
        Subscription.objects.select_for_update(no_key=True, of=("self",), skip_locked=skip)
        .select_related("product")
        .filter(pk__in=set(ids))
        .order_by("pk")
    )
    if customer is not None:
        rows = rows.filter(customer=customer)
    return {row.pk: row for row in rows}


# What a query that is sent beside others has of a subscription, and the name of its product.
SEAT_COLUMNS = ("id", "customer_id", "product_id", "quantity", "assigned", "reserved", "status")


def subscription_from(values: Sequence[object], product: str) -> Subscription:
    """Return a subscription from these columns; of its product there is no more than the name."""
    row = Subscription.from_db(connection.alias, SEAT_COLUMNS, values)
    row.product = Product.from_db(connection.alias, ["id", "name"], [row.product_id, product])
    return row


@dataclass(frozen=True, slots=True)
class AlikeSeats:
    """Seats of one subscription, for these users, with the same plans switched off."""

    subscription_id: int
    user_ids: Sequence[int]
    services_off: tuple[str, ...] = ()


def move_alike(
    *,
    take: Collection[AlikeSeats] = (),
    release: Collection[AlikeSeats] = (),
    customer_id: int,
    at: datetime,
) -> datetime:
    """Write what is taken and released, for rows that need not be loaded; return its one instant.

    The counters are the caller's to move, by count_moves. The number of statements follows that
    of the subscriptions. None of the users may hold what they take, and all hold what is released.
    """
    released: dict[int, list[int]] = {}
    for seats in release:
        released.setdefault(seats.subscription_id, []).extend(seats.user_ids)
    if released:
        users = {user for ids in released.values() for user in ids}
        held = LicenseAssignment.objects.live().filter(subscription__in=released, user__among=users)
        newest: datetime | None = held.aggregate(newest=Max("assigned_at"))["newest"]
        at = max(at, newest or at)
    for pk, user_ids in sorted(released.items()):
        live = LicenseAssignment.objects.live().filter(subscription=pk, user__among=user_ids)
        live.update(released_at=at)
    groups = [
        (
            {"subscription_id": seats.subscription_id, "services_off": list(seats.services_off)},
            {"user_id": seats.user_ids},
        )
        for seats in take
    ]
    if groups:
        same = {"customer_id": customer_id, "assigned_at": at}
        bulk.insert_groups(LicenseAssignment, same, groups)
    return at


def take_seats(
    take: Iterable[Seat], *, subscriptions: Mapping[int, Subscription], at: datetime
) -> None:
    """Take all of these seats or none, of locked subscriptions. Raise NotActive or SeatsShort."""
    users_of: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for seat in take:
        off = tuple(sorted(seat.services_off))
        users_of.setdefault((seat.subscription_id, off), []).append(seat.user_id)
    seats = [AlikeSeats(pk, users, off) for (pk, off), users in users_of.items()]
    if not seats:
        return
    count_moves(tally(seats), {}, subscriptions)
    [customer_id] = {subscriptions[row.subscription_id].customer_id for row in seats}
    move_alike(take=seats, customer_id=customer_id, at=at)


def tally(seats: Iterable[AlikeSeats]) -> Counter[int]:
    """Return how many seats there are, by subscription."""
    found: Counter[int] = Counter()
    for group in seats:
        found[group.subscription_id] += len(group.user_ids)
    return found


def count_taken(gained: Mapping[int, int], reserved: Mapping[int, int] = NOTHING) -> None:
    """Count seats that were taken, or reserved, without the lock of their subscriptions, last of
    all.

    The lock is then held for a commit alone, and others take seats meanwhile. Not for releases: a
    cancellation locks the subscription first and its assignments then. Raise as check_moves does.
    """
    wanted = sorted({*gained, *reserved})
    for place, pk in enumerate(wanted):
        by, kept = gained.get(pk, 0), reserved.get(pk, 0)
        rows = Subscription.objects.filter(
            pk=pk,
            status=SubscriptionStatus.ACTIVE,
            assigned__lte=F("quantity") - F("reserved") - (by + kept),
        )
        if rows.update(assigned=F("assigned") + by, reserved=F("reserved") + kept) != 1:
            rest = set(wanted[place:])
            count_moves(
                {other: count for other, count in gained.items() if other in rest},
                {},
                lock_subscriptions(rest),
                reserved={other: count for other, count in reserved.items() if other in rest},
            )
            return


def seat_taken(subscription: Subscription, user_id: int, off: Iterable[str]) -> Statement:
    """Return the statement by which a user takes a seat, which is still to be counted."""
    row = LicenseAssignment(
        subscription=subscription,
        user_id=user_id,
        customer_id=subscription.customer_id,
        services_off=list(off),
        assigned_at=timezone.now(),
    )
    return insertion(row)


def count_with_commit(pk: int) -> Statement:
    """Return the statement that counts one seat with the commit; it raises where none is free."""
    return Statement("SELECT count_seat(%s)", [pk])


def count_moves(
    gained: Mapping[int, int],
    lost: Mapping[int, int],
    subscriptions: Mapping[int, Subscription],
    *,
    reserved: Mapping[int, int] = NOTHING,
) -> None:
    """Move the counters. Raise NotActive or SeatsShort before anything is written.

    `reserved` is how many reservations come or, below zero, go at once: a reserved seat that its
    user takes is none that has to be free.
    """
    check_moves(gained, lost, subscriptions, reserved=reserved)
    moves = {
        pk: (gained.get(pk, 0) - lost.get(pk, 0), reserved.get(pk, 0))
        for pk in {*gained, *lost, *reserved}
    }
    _move(moves, subscriptions)


def _move(moves: Mapping[int, tuple[int, int]], subscriptions: Mapping[int, Subscription]) -> None:
    """Move the counters of assigned and reserved seats by so many, in one message. Raise SeatsShort
    where a subscription has not as many.
    """
    moving = {pk: move for pk, move in sorted(moves.items()) if any(move)}
    answers = send(*(_counting(pk, *move) for pk, move in moving.items()))
    for (pk, (by, reserved)), answer in zip(moving.items(), answers, strict=True):
        if answer.count != 1:
            SEATS_REFUSED.inc()
            raise SeatsShort({pk: by}, {pk: subscriptions[pk]})
        subscriptions[pk].assigned += by
        subscriptions[pk].reserved += reserved


def _counting(pk: int, by: int, reserved: int) -> Statement:
    """Return the statement that moves both counters of a subscription, if there are the seats."""
    sql = (
        "UPDATE licensing_subscription SET assigned = assigned + %s, reserved = reserved + %s"
        " WHERE id = %s AND assigned >= %s AND reserved >= %s"
        " AND assigned <= quantity - reserved - %s"
    )
    return Statement(sql, [by, reserved, pk, -by, -reserved, by + reserved])


def check_moves(
    gained: Mapping[int, int],
    lost: Mapping[int, int],
    subscriptions: Mapping[int, Subscription],
    *,
    reserved: Mapping[int, int] = NOTHING,
) -> None:
    """Raise NotActive or SeatsShort unless so many seats can be taken, released and reserved."""
    wanted = {*gained, *(pk for pk, count in reserved.items() if count > 0)}
    for pk in wanted:
        if subscriptions[pk].status != SubscriptionStatus.ACTIVE:
            raise NotActive(subscriptions[pk])
    moves = {pk: gained.get(pk, 0) - lost.get(pk, 0) + reserved.get(pk, 0) for pk in wanted}
    missing = {
        pk: by - subscriptions[pk].available
        for pk, by in moves.items()
        if by > subscriptions[pk].available
    }
    if missing:
        SEATS_REFUSED.inc()
        raise SeatsShort(missing, subscriptions)


class Let(NamedTuple):
    """One seat that was let go."""

    pk: int
    user_id: int
    product: str


@dataclass(frozen=True, slots=True)
class Released:
    """The seats that were let go, in the order of the assignments, and their one instant."""

    rows: list[Let]
    at: datetime


def release_all(user_ids: Collection[int], *, at: datetime) -> Released:
    """Release every seat of these users, whom the caller has locked, and what is reserved for them.

    The instant is `at`, or later where the clock that assigned was ahead.
    """
    held = LicenseAssignment.objects.live().filter(user__among=user_ids)
    kept = SeatReservation.objects.filter(user__among=user_ids)
    ids = held.order_by().values_list("subscription_id", flat=True)
    subscriptions = lock_subscriptions(
        ids.union(kept.order_by().values_list("subscription_id", flat=True))
    )
    # A canceled subscription may have let go of its seats while its lock was waited for.
    columns = ("pk", "user_id", "subscription_id", "assigned_at")
    rows = list(held.order_by("pk").values_list(*columns))
    at = max([at, *(assigned_at for *_ids, assigned_at in rows)])
    LicenseAssignment.objects.live().filter(pk__among=[pk for pk, *_rest in rows]).update(
        released_at=at
    )
    let_go = Counter(owner for _pk, _user, owner, _at in rows)
    reserved = _drop_reservations(kept, subscriptions)
    _move({pk: (-let_go[pk], -reserved[pk]) for pk in {*let_go, *reserved}}, subscriptions)
    names = {pk: row.product.name for pk, row in subscriptions.items()}
    return Released([Let(pk, user, names[owner]) for pk, user, owner, _at in rows], at)


def _drop_reservations(
    kept: QuerySet[SeatReservation], subscriptions: Mapping[int, Subscription]
) -> Counter[int]:
    """Delete reservations of locked subscriptions; return how many, by subscription."""
    if not any(row.reserved for row in subscriptions.values()):
        return Counter()
    own = kept.filter(subscription__in=subscriptions)
    found = dict(own.order_by().values_list("pk", "subscription_id"))
    SeatReservation.objects.filter(pk__among=list(found)).delete()
    return Counter(found.values())


def release_subscription(subscription: Subscription, *, at: datetime) -> int:
    """Release every seat of a locked subscription, which the caller saves; return how many.

    What is reserved is let go, too.
    """
    held = LicenseAssignment.objects.live().filter(subscription=subscription)
    newest = held.aggregate(newest=Max("assigned_at"))["newest"]
    if subscription.reserved:
        subscription.reservations.all().delete()
    subscription.assigned = subscription.reserved = 0
    return held.update(released_at=max(at, newest or at))


def switch_services(changes: Iterable[AlikeSeats]) -> None:
    """Switch plans off, these and no others, for users who hold the subscription."""
    for seats in changes:
        live = LicenseAssignment.objects.live().filter(
            subscription=seats.subscription_id, user__among=seats.user_ids
        )
        live.update(services_off=list(seats.services_off))
