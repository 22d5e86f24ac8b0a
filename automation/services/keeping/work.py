"""A task's part: users whom a change has left to the rules, and those who wait for a seat."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache

import structlog
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from customers.models import AuditEvent, Batch, BatchKind, Customer, Via
from customers.services import batches
from customers.services.sealing import settled_id
from customers.services.transactions import transactional
from licensing.models import Subscription
from licensing.rules import Catalog

from ...models import KeptLicense, KeptState, LicenseRule, Unsettled
from ...queries.rule_facts import rulebook_of, rules_of
from ..one_by_one import one_by_one
from .glancing import changed_items
from .marks import send, with_free_seat
from .planning import Board
from .reading import read_cases, subscriptions_of
from .settling import Occasion, lock_users, reserved_seats, settle

logger = structlog.get_logger(__name__)

# Marks at a time, and users who wait for one subscription.
PORTION = 200
# How long a transaction may have been at work that has not seen a rule yet.
LONGEST = timedelta(minutes=15)
# In seconds. Who writes for longer is waited for by the next run.
PATIENCE = 2.0


def settle_customer(customer: int) -> int:
    """Look at all who were left to the rules, and at those who wait; return how many changed."""
    row = Customer.objects.select_related("partner").filter(pk=customer).first()
    total, going_on = 0, row is not None
    while row is not None and going_on:
        windows = set(
            Unsettled.objects.filter(customer=row, since__isnull=False).values_list("pk", flat=True)
        )
        until = settled_id(PATIENCE) if windows else None
        found = _settle_next(row, until, windows)
        going_on = found is not None
        total += found or 0
    return total


@transactional
def _settle_next(customer: Customer, until: int | None, windows: Collection[int]) -> int | None:
    """Work off the next marks; None where there are none, or nobody else is to have a seat.

    Marks with `since` are left where it is not known `until` which event all is settled; and those
    that are not among `windows`, which were there before that was asked: to a later one belong
    events that came after it.
    """
    marks = Unsettled.objects.filter(customer=customer)
    known = windows if until is not None else ()
    marks = marks.filter(Q(since=None) | Q(pk__in=known))
    rows = list(marks.order_by("pk").select_for_update(skip_locked=True)[:PORTION])
    waiting = _next_waiting(customer)
    if not rows and not waiting:
        return None
    if any(row.is_whole for row in rows):
        users = set(_all_with_rules(customer))
    else:
        users = {user for row in rows for user in _users_of(row, until)} | waiting
    changed = 0
    if users:
        lock_users(users, customer)
        changed = _settle_locked(users, customer)
    Unsettled.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return changed if rows or changed else None


def _settle_locked(users: Iterable[int], customer: Customer, why: str = "") -> int:
    """Settle locked users in a batch of the portal's own, which is opened where there is need."""

    @cache
    def opened() -> Batch:
        request = {"do": why or "keep"}
        return batches.open_batch(
            BatchKind.RULES, actor=None, customer=customer, request=request, via=Via.RULE
        )

    done = settle(sorted(users), customer, Occasion(None, opened), first=True)
    if done.items:
        batches.close_batch_alike(opened(), done.items)
    return done.users


def _next_waiting(customer: Customer) -> set[int]:
    """Return those who come first for the seats that are free, in the order of the rules."""
    waiting = KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING)
    found: set[int] = set()
    pools = with_free_seat(waiting).order_by().values_list("subscription", flat=True).distinct()
    for pool in Subscription.objects.filter(pk__in=list(pools)):
        queue = waiting.filter(subscription=pool).order_by("rule__position", "since", "user")
        found.update(queue.values_list("user_id", flat=True)[: pool.assignable])
    return found


def _users_of(row: Unsettled, until: int | None) -> Iterable[int]:
    if row.batch_id is not None and row.since is None:
        return changed_items(row.batch_id).values_list("user_id", flat=True)
    if row.since is None or until is None:
        return ()
    before = AuditEvent.objects.filter(at__lt=row.since - LONGEST).order_by("-pk")
    first = before.values_list("pk", flat=True).first() or 0
    events = AuditEvent.objects.filter(pk__gt=first, pk__lte=until, customer=row.customer_id)
    events = events.filter(target_type=User._meta.model_name)
    if row.batch_id is not None:
        events = events.exclude(batch_id=row.batch_id)
    return (pk for pk in events.order_by().values_list("target_id", flat=True).distinct() if pk)


def _all_with_rules(customer: Customer) -> list[int]:
    """Return the customer's users for whom the rules want something, or to whom they gave it."""
    found = read_cases(None, rulebook_of(rules_of(customer)), customer)
    return [pk for case in found.cases for pk in case.users]


def settle_all() -> int:
    """Send for what was left, and for seats that are free while users wait; return how many."""
    moment_ago = timezone.now() - timedelta(seconds=2)
    left = Unsettled.objects.filter(created_at__lt=moment_ago).order_by()
    waiting = with_free_seat(KeptLicense.objects.filter(state=KeptState.WAITING)).order_by()
    customers = {*left.values_list("customer", flat=True).distinct()}
    customers |= {*waiting.values_list("customer", flat=True).distinct()}
    for pk in sorted(customers):
        send(pk)
    return len(customers)


def find_drift() -> int:
    """Compare what all customers' rules want with what is held; return how many users differed.

    What differs is brought back, in a batch that says so, after all that was left to the rules.
    """
    rules = LicenseRule.objects.order_by().values_list("customer", flat=True).distinct()
    kept = KeptLicense.objects.order_by().values_list("customer", flat=True).distinct()
    customers = Customer.objects.select_related("partner").filter(pk__in={*rules, *kept})

    def compare(customer: Customer) -> int:
        settle_customer(customer.pk)
        found = mend(customer)
        if found:
            logger.warning("rules_drifted", customer=customer.pk, users=found)
        return found

    return one_by_one("rules_not_compared", customers.order_by("pk"), compare)


@transactional
def mend(customer: Customer) -> int:
    """Compare what one customer's rules want with what is held, and bring it back where it differs;
    return for how many users. Nobody is locked where nothing differs.
    """
    found = read_cases(None, rulebook_of(rules_of(customer)), customer)
    pools = subscriptions_of(found.subscriptions, customer)
    board = Board(pools, Catalog(), {}, found.since, timezone.now())
    board.free = {pk: pool.assignable for pk, pool in pools.items()}
    board.reserved = reserved_seats(pools, [pk for case in found.cases for pk in case.users])
    users = {pk for one in board.settle(found.cases) if not one.changes_nothing for pk in one.users}
    if not users:
        return 0
    lock_users(users, customer)
    return _settle_locked(users, customer, "drift")
