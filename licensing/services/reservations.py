"""Seats kept for users who get their license on a day to come.

Callers hold the locks of the users. A reservation is written before its subscription is locked, and
counted last of all, as a new license is; one that goes, goes under the lock of its subscription.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from customers.services import bulk

from ..models import SeatReservation, Subscription
from .seats import AlikeSeats, count_moves, count_taken, lock_subscriptions

# Users by subscription.
Reserved = Mapping[int, Collection[int]]


def write_reservations(
    users: Mapping[int, Sequence[int]], *, customer_id: int, at: datetime
) -> Counter[int]:
    """Reserve a seat of each subscription for these users, who have none of it yet; return how
    many, for count_taken.
    """
    groups = [({"subscription_id": pk}, {"user_id": ids}) for pk, ids in users.items() if ids]
    if groups:
        bulk.insert_groups(SeatReservation, {"customer_id": customer_id, "reserved_at": at}, groups)
    return Counter({pk: len(ids) for pk, ids in users.items()})


def reserve_seats(users: Mapping[int, Sequence[int]], *, customer_id: int, at: datetime) -> None:
    """Reserve a seat of each subscription for these users, who have none of it yet, all or none.

    Raise NotActive or SeatsShort.
    """
    count_taken({}, write_reservations(users, customer_id=customer_id, at=at))


def reserved_for(
    take: Iterable[AlikeSeats], subscriptions: Mapping[int, Subscription]
) -> dict[int, list[int]]:
    """Return for whom of those who take these seats one is reserved.

    The database is asked only where a subscription, read after the users were locked, has some.
    """
    wanted: dict[int, list[int]] = {}
    for seats in take:
        if subscriptions[seats.subscription_id].reserved:
            wanted.setdefault(seats.subscription_id, []).extend(seats.user_ids)
    return {
        pk: list(found)
        for pk, users in sorted(wanted.items())
        if (
            found := SeatReservation.objects.filter(subscription=pk, user__among=users)
            .order_by("user")
            .values_list("user", flat=True)
        )
    }


def count_with_reserved(
    gained: Mapping[int, int],
    lost: Mapping[int, int],
    subscriptions: Mapping[int, Subscription],
    *,
    used: Reserved,
) -> None:
    """Move the counters of locked subscriptions as count_moves does, where those of `used` take
    the seat that is reserved for them.
    """
    going = {pk: -len(users) for pk, users in used.items()}
    count_moves(gained, lost, subscriptions, reserved=going)
    for pk, users in sorted(used.items()):
        SeatReservation.objects.filter(subscription=pk, user__among=users).delete()


def release_reservations(
    users: Collection[int], pools: Collection[int] | None = None
) -> Counter[int]:
    """Let go of what is reserved for these locked users, of all subscriptions or of these; return
    how many, by subscription.
    """
    rows = SeatReservation.objects.filter(user__among=users)
    if pools is not None:
        rows = rows.filter(subscription__in=pools)
    locked = lock_subscriptions(rows.order_by().values_list("subscription", flat=True).distinct())
    # A canceled subscription may have let go of them while its lock was waited for.
    found: dict[int, list[int]] = {}
    for pk, user in rows.filter(subscription__in=locked).values_list("subscription", "user"):
        found.setdefault(pk, []).append(user)
    count_with_reserved({}, {}, locked, used=found)
    return Counter({pk: len(ids) for pk, ids in found.items()})
