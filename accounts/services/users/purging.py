"""Removing users for good: whom nobody restored in time, or who is deleted permanently by name."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from customers.actions import Action
from customers.models import Batch, BatchKind, Customer, Outcome, Partner
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit, batches
from customers.services.customers import lower_deleted_counters, move_counters
from customers.services.transactions import transactional

from ...models import User
from ..traces import forget_users
from .locking import beyond_reach, left_items, take_users

# Users a transaction at most: with three licenses each, a third of a second of locks, as
# measured. A busy machine takes longer for as many.
PURGE_CHUNK = 1_000
LEAST = 50
LOCKED_SECONDS = 0.4
# Ids read at a time: each reading finds the index full of those who have gone since.
PAGE = 50_000


@dataclass(frozen=True, slots=True)
class Purged:
    """How many users were due, and how many of them are removed."""

    found: int
    removed: int


class Owner(NamedTuple):
    """Whose users they are: of a customer, or of a partner's team; 0 for none."""

    customer: int
    partner: int


@dataclass(slots=True)
class Pace:
    """How many users the next transaction takes, so that nobody waits long for its locks."""

    size: int

    def took(self, number: int, seconds: float) -> None:
        if seconds > LOCKED_SECONDS:
            self.size = min(self.size, max(LEAST, number // 2))
        elif number == self.size and seconds < LOCKED_SECONDS / 3:
            self.size = min(PURGE_CHUNK, self.size * 2)


def purge_due_users(
    *, dry_run: bool = False, progress: Callable[[int], None] | None = None
) -> Purged:
    """Remove all users whose day has come, in chunks; a second run at the same time is harmless."""
    due = User.objects.due_for_purge()
    if dry_run:
        return Purged(due.count(), 0)
    found = removed = last = 0
    pace = Pace(PURGE_CHUNK)
    while page := list(
        due.filter(pk__gt=last).order_by("pk").values_list("pk", "customer_id", "partner_id")[:PAGE]
    ):
        last = page[-1][0]
        found += len(page)
        # A transaction takes of as many owners as it comes to: most have few in a night.
        owned = sorted((Owner(customer or 0, partner or 0), pk) for pk, customer, partner in page)
        start = 0
        while part := owned[start : start + pace.size]:
            start += len(part)
            started = time.monotonic()
            removed += _purge(part)
            pace.took(len(part), time.monotonic() - started)
            if progress:
                progress(removed)
    return Purged(found, removed)


@transactional
def _purge(part: Sequence[tuple[Owner, int]]) -> int:
    due = User.objects.due_for_purge().select_for_update(no_key=True, skip_locked=True)
    columns = due.only("display_name", "user_name", "deleted_at", "uuid").order_by("pk")
    rows = {row.pk: row for row in columns.filter(pk__among=[pk for _owner, pk in part])}
    of_owner: dict[Owner, list[User]] = {}
    for owner, pk in part:
        if pk in rows:
            of_owner.setdefault(owner, []).append(rows[pk])
    whole = Customer.objects.select_related("partner")
    customers = whole.in_bulk({owner.customer for owner in of_owner})
    partners = Partner.objects.in_bulk({owner.partner for owner in of_owner})
    now = timezone.now()
    audit.write(
        [
            audit.row(
                _removed(row),
                at=now,
                actor=None,
                customer=customers.get(owner.customer),
                partner=partners.get(owner.partner),
            )
            for owner, own in of_owner.items()
            for row in own
        ]
    )
    _remove(list(rows), customers.values())
    lower_deleted_counters({owner.customer: len(own) for owner, own in of_owner.items()})
    return len(rows)


@transactional
def remove_users(
    users: Collection[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Delete permanently whom the deleted list still shows. Final: there is no undo.

    Raises AlreadyDone; Refused when it can be done to nobody.
    """
    batch = batch or batches.open_batch(
        BatchKind.REMOVE, actor=actor, customer=customer, key=key, reason=reason
    )
    capability = Capability.DELETE_PERMANENTLY
    locked = take_users(users, customer=customer, actor=actor, capability=capability)

    def living(row: User) -> tuple[Outcome, str] | None:
        if row.deleted_at:
            return None
        return Outcome.SKIPPED, _("%(name)s has been restored.") % {"name": row.display_name}

    gone, left = locked.sort_out(living, beyond_reach(locked.actor, capability))
    batches.close_batch(batch, left_items(batch, left))
    # The items of those who are removed go with them.
    batch.request = {"removed": len(gone), "ids": [row.pk for row in gone]}
    batch.done, batch.total = len(gone), len(locked.rows)
    batch.save(update_fields=["request", "done", "total"])
    remove_rows(gone, customer=customer, actor=actor, batch=batch)
    return batch


def remove_rows(
    rows: Sequence[User],
    *,
    customer: Customer | None,
    actor: User | None,
    batch: Batch | None,
    partner: Partner | None = None,
    reason: str = "",
) -> None:
    """Remove users from every table that refers to them; the log keeps their names.

    The names stand on its personal side. The rows are locked, and hold no seat.
    """
    audit.record(
        [_removed(row) for row in rows],
        actor=actor,
        customer=customer,
        partner=partner,
        batch=batch,
        reason=reason,
    )
    _remove([row.pk for row in rows], [customer] if customer else [])
    if customer is not None:
        living = sum(row.deleted_at is None for row in rows)
        move_counters(customer, active=-living, deleted=living - len(rows))


def _removed(row: User) -> audit.Entry:
    facts = {"deleted_at": row.deleted_at.isoformat()} if row.deleted_at else {}
    # By which others know the user, who have to be told; it says nothing of whose it was.
    facts["uuid"] = str(row.uuid)
    return audit.Entry(Action.USER_REMOVED, row, facts)


def _remove(ids: Sequence[int], customers: Collection[Customer]) -> None:
    """Remove these users and what refers to them, also from tables that are added later.

    Rows that are the user's go; a row that a user only touched keeps its text. `customers` are
    those whose users they are; a partner's staff is nobody's.
    """
    forget_users(ids, customers)
    for relation in _referring(User):
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__among": ids})
        if relation.on_delete is models.SET_NULL:
            rows.update(**{name: None})
        else:
            _delete_with_parts(rows)
    _raw_delete(User.objects.filter(pk__among=ids))


def _delete_with_parts(rows: "models.QuerySet[Any]") -> None:
    """Delete rows and first what is a part of them, as the customers of a token are."""
    for relation in _referring(rows.model):
        if relation.on_delete is models.CASCADE:
            parts: Any = relation.related_model._base_manager
            _delete_with_parts(parts.filter(**{f"{relation.field.name}__in": rows.values("pk")}))
    _raw_delete(rows)


def _referring(model: type[models.Model]) -> Iterator[Any]:
    """Return every foreign key to the model, as the model knows it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            yield relation


def _raw_delete(rows: "models.QuerySet[Any]") -> None:
    # Without the collector of QuerySet.delete(), which would load every row first.
    rows._raw_delete(rows.db)  # noqa: SLF001
