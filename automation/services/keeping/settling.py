"""Giving users what the rules want for them and taking what no rule wants, as they are now."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.services.licenses import Shares
from customers import progress
from customers.models import Batch, Customer
from customers.services import audit
from customers.services.batches import Alike
from customers.services.messages import Query, send
from licensing.models import SeatReservation, Subscription
from licensing.rules import Catalog
from licensing.services.reservations import count_with_reserved, reserved_for
from licensing.services.seats import (
    lock_subscriptions,
    move_alike,
    switch_services,
    tally,
)

from ...models import LicenseRule
from ...queries.rule_facts import Rulebook, rulebook_of, rules_of
from .planning import Board, Case, Settlement
from .reading import Found, claims, read_cases, subscriptions_of
from .writing import events_of, items_of, remember


@dataclass(frozen=True)
class Settled:
    """What was found and done: `left` is whether a subscription was locked by another, so that
    all is still to be done.
    """

    changed: Sequence[Settlement] = ()
    items: Sequence[Alike] = ()
    left: bool = False

    @property
    def users(self) -> int:
        return sum(len(one.users) for one in self.changed)


def lock_users(users: Iterable[int], customer: Customer) -> None:
    """Lock users in the order of their ids, which is the order that all take."""
    own = User.objects.filter(customer=customer, pk__among=sorted(users)).order_by("pk")
    locked = own.select_for_update(no_key=True).values_list("pk", flat=True)
    progress.advance(len(locked))


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why users are settled: who acts (None: the portal itself), for the log; and in which batch.

    `opened` returns the batch, and is asked where there is something for the log or for a page to
    tell. `stands_for` is as record_alike has it; `rule` names the rule where none that is there
    can. Who is not `patient` waits for no subscription that another has locked, and leaves all to
    later: others may be held already, in another order.
    """

    actor: User | None
    opened: Callable[[], Batch]
    stands_for: int | None = 0
    rule: str = ""
    patient: bool = True


def settle(
    users: Collection[int],
    customer: Customer,
    occasion: Occasion,
    *,
    first: bool = False,
    now: datetime | None = None,
    read: tuple[Rulebook, Found] | None = None,
) -> Settled:
    """Bring these users, whom the caller has locked, to what the rules want; in its transaction.

    Others who wait for a seat come before these users, unless these are the `first` of all. The
    items are the caller's to write. `read` are the rules and the users' cases, if the caller has
    them.
    """
    if read is None:
        book = rulebook_of(rules_of(customer), users)
        read = book, read_cases(users, book, customer)
    book, found = read
    if not found.cases:
        return Settled()
    now, catalog = now or timezone.now(), Catalog()
    pools = subscriptions_of(found.subscriptions, customer)
    wanted = moving(found.cases, Board(pools, catalog, {}, found.since, now))
    locked = lock_subscriptions(wanted, customer=customer, wait=occasion.patient) if wanted else {}
    if len(locked) < len(wanted):
        return Settled(left=True)
    if any(locked[pk].status != pools[pk].status for pk in locked):
        # It was canceled, with all its licenses, while its lock was waited for.
        found = read_cases(users, book, customer)
    free = free_seats(locked, users, customer, first=first)
    board = Board({**pools, **locked}, catalog, free, found.since, now)
    board.reserved = reserved_seats(locked, users)
    changed = [one for one in board.settle(found.cases) if not one.changes_nothing]
    items = items_of(changed, board.pools)
    names = {0: occasion.rule, **names_of(changed, book)}
    if items:
        write_seats(changed, board, names, occasion)
    remember(changed, board, customer.pk)
    return Settled(changed, items)


def write_seats(
    changed: Sequence[Settlement],
    board: Board,
    rules: Mapping[int, str],
    occasion: Occasion,
) -> None:
    """Write licenses, counters and log; `rules` are names by id. Touched subscriptions are
    locked.
    """
    batch, shares = occasion.opened(), Shares.of([one.step for one in changed])
    used = reserved_for(shares.take, board.pools)
    count_with_reserved(tally(shares.take), tally(shares.release), board.pools, used=used)
    at = timezone.now()
    move_alike(take=shares.take, release=shares.release, customer_id=batch.customer_id, at=at)
    switch_services(shares.switch)
    touched = [one for one in changed if one.step.touched]
    users = logged_names([pk for one in touched for pk in one.users])
    events = [event for one in touched for event in events_of(one, board.pools, users, rules)]
    if events:
        audit.record_alike(
            events,
            target=User,
            actor=occasion.actor,
            customer=batch.customer,
            batch=batch,
            stands_for=occasion.stands_for,
        )


def logged_names(users: Collection[int]) -> dict[int, str]:
    """Return what the log calls these users, by id."""
    [named] = send(NAMES(list(users)))
    return {pk: audit.named(name, user_name) for pk, name, user_name in named.rows}


NAMES = Query(
    lambda users: (
        User.objects.filter(pk__among=users)
        .order_by()
        .values_list("pk", "display_name", "user_name")
    )
)


def reserved_seats(
    pools: Mapping[int, Subscription], users: Collection[int]
) -> set[tuple[int, int]]:
    """Return whose seat is reserved, and of which subscription; asked where there are some."""
    some = [pk for pk, pool in pools.items() if pool.reserved]
    if not some:
        return set()
    rows = SeatReservation.objects.filter(subscription__in=some, user__among=list(users))
    return set(rows.values_list("user_id", "subscription_id"))


def moving(cases: Iterable[Case], board: Board) -> set[int]:
    """Return the subscriptions of which seats are wanted or let go."""
    found: set[int] = set()
    for case in cases:
        after = board.verdict(case, frozenset()).after
        found |= after.keys() ^ case.held.keys()
    return found


def free_seats(
    pools: Mapping[int, Subscription], users: Collection[int], customer: Customer, *, first: bool
) -> dict[int, int]:
    """Return how many seats of each these users can have."""
    free = {pk: pool.assignable for pk, pool in pools.items()}
    if first or not any(free.values()):
        return free
    others = claims(free, users, customer)
    return {pk: count - others.get(pk, 0) for pk, count in free.items()}


def names_of(found: Iterable[Settlement], book: Rulebook) -> dict[int, str]:
    """Return the names of the rules that these settlements are of, by id."""
    names = {rule.pk: rule.name for rule in book.rules}
    asked = {row.rule for one in found for row in one.case.kept.values() if row.rule}
    if missing := asked - names.keys():
        names |= dict(LicenseRule.objects.filter(pk__in=missing).values_list("pk", "name"))
    return names
