"""Moving the first day of users who have not started yet, or letting them start now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit, batches, bulk
from customers.services.transactions import transactional

from ...models import User
from .locking import beyond_reach, deleted, left_items, take_users
from .starts import begin_of, check_day, tell_moved, today_of
from .writing import entry_of, item_of, write_fields

NOT_TO_START = gettext_lazy("Has already started.")
STARTS = ("starts_on", "starts_at")


@transactional
def change_start(
    users: Collection[User | int],
    on: date | None,
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Let users start on another day, or (None) now; what was planned for the day moves with it.

    Left out are those who have started. Raises AlreadyDone; Refused for a day that is not ahead,
    and when it can be done to nobody.
    """
    batch = batch or batches.open_batch(
        BatchKind.CHANGE, actor=actor, customer=customer, key=key, reason=reason
    )
    if on is not None:
        check_day(on, customer)
    capability = Capability.MANAGE_USERS
    locked = take_users(users, customer=customer, actor=actor, capability=capability)

    def started(row: User) -> tuple[Outcome, str] | None:
        if row.is_to_start and row.starts_on != on:
            return None
        if row.is_to_start:
            return Outcome.ALREADY, _("Starts on that day already.")
        return Outcome.SKIPPED, str(NOT_TO_START)

    todo, left = locked.sort_out(deleted, beyond_reach(locked.actor, capability), started)
    day = on or today_of(customer)
    begin = begin_of(day, customer) if on else timezone.now()
    changes = {row.pk: {"starts_on": [str(row.starts_on), str(day)]} for row in todo}
    write_starts({row.pk: row for row in todo}, dict.fromkeys(changes, day), begin, batch)
    entries = [entry_of(row, changes[row.pk]) for row in todo]
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    items = [item_of(batch, row, changes[row.pk]) for row in todo]
    batches.close_batch(batch, items + left_items(batch, left))
    tell_moved(dict.fromkeys(changes, day), customer=customer, actor=actor)
    return batch


def write_starts(
    rows: Mapping[int, User], days: Mapping[int, date], begin: datetime, batch: Batch
) -> None:
    """Write first days that begin at this moment, of locked users."""
    for pk, day in days.items():
        rows[pk].starts_on, rows[pk].starts_at = day, begin
    write_fields([rows[pk] for pk in days], STARTS, batch)


def keep_starts(customer: Customer, _actor: User) -> None:
    """Let the first days still to come begin by the clock that the customer has now."""
    waiting = User.objects.filter(customer=customer, starts_at__gt=timezone.now())
    rows: Sequence[User] = list(
        waiting.select_for_update(no_key=True).only("starts_on", "starts_at").order_by("pk")
    )
    begin = {day: begin_of(day, customer) for day in {row.starts_on for row in rows} if day}
    for row in rows:
        if row.starts_on:
            row.starts_at = begin[row.starts_on]
    bulk.update(rows, ["starts_at"])
