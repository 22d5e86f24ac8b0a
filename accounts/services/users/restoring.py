"""Restoring deleted users with what they had."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchItem, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import joined, words_of
from customers.services import audit, batches, bulk
from customers.services.customers import move_counters
from customers.services.transactions import transactional
from licensing.services.seats import Seat, lock_subscriptions, take_seats

from ...models import User
from ..returns import (
    Choices,
    Desk,
    HeldLicense,
    Return,
    fingerprint,
    held_at_deletion,
    time_is_over,
)
from .locking import beyond_reach, ids_of, left_items, take_users

__all__ = ["PlanChanged", "Restored", "Return", "plan_restore", "restore_users"]


class PlanChanged(Refused):
    """The refusal of a restore that would no longer bring back what was agreed to."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The batch of a restore, and how each user came back."""

    batch: Batch
    returns: Sequence[Return]


def plan_restore(
    users: Sequence[User], *, customer: Customer, choices: Choices | None = None
) -> list[Return]:
    """Return what a restore of these users, in this order, would give back now; write nothing."""
    return Desk(users, customer).plan(choices)


@transactional
def restore_users(  # noqa: PLR0913
    users: Sequence[User | int],
    *,
    customer: Customer,
    actor: User,
    choices: Choices | None = None,
    expected: str = "",
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Restored:
    """Bring users back with what they had, as far as choices, seats and rules allow.

    Raises Refused when a name is taken or its domain gone; a license that can't come back is no
    error, but is listed with its reason. Raises PlanChanged unless `expected`, the fingerprint of a
    preview, still holds.
    """
    choices = choices or Choices()
    batch = batch or batches.open_batch(
        BatchKind.RESTORE, actor=actor, customer=customer, key=key, reason=reason
    )
    capability = Capability.MANAGE_USERS
    locked = take_users(users, customer=customer, actor=actor, capability=capability)
    skip = frozenset(choices.skip)

    def skipped(row: User) -> tuple[Outcome, str] | None:
        return (Outcome.SKIPPED, _("Skipped by choice: stays deleted.")) if row.pk in skip else None

    found, left = locked.sort_out(_too_late, skipped, beyond_reach(locked.actor, capability))
    place = {pk: number for number, pk in enumerate(ids_of(users))}
    found.sort(key=lambda row: place[row.pk])
    returns, items = bring_back(
        found, choices, expected, customer=customer, actor=actor, batch=batch
    )
    # The names that were asked for stand with each user from now on, and go with them.
    batch.request = {}
    batches.close_batch(batch, items + left_items(batch, left))
    move_counters(customer, active=len(returns), deleted=-len(returns))
    return Restored(batch, returns)


def bring_back(
    users: Sequence[User],
    choices: Choices,
    expected: str = "",
    *,
    customer: Customer,
    actor: User,
    batch: Batch,
) -> tuple[list[Return], list[BatchItem]]:
    """Restore as restore_users, users who are locked and can be; in the caller's batch.

    The items and the customer's counters, whose lock comes last, are the caller's to write.
    """
    held = held_at_deletion(users)
    pools = lock_subscriptions(row.subscription_id for rows in held.values() for row in rows)
    returns = Desk(users, customer, held=held, subscriptions=pools).plan(choices)
    if problems := [item.name_problem for item in returns if item.name_problem]:
        raise Refused(joined(problems), code="restore-name-problem")
    if expected and fingerprint(returns) != expected:
        raise PlanChanged(
            _("Something has changed since this page was shown. Check it again."),
            code="plan-changed",
        )
    # They remember the deletion, which is about to be gone from the users.
    items = [_item(batch, item) for item in returns]
    _revive(returns, batch)
    seats = [
        Seat(item.user.pk, row.subscription_id, tuple(row.services_off))
        for item in returns
        for row in item.back
    ]
    take_seats(seats, subscriptions=pools, at=timezone.now())
    entries = []
    for item in returns:
        changes = {"restored": _names(item.back), "not_restored": _names(item.lost_rows)}
        personal = {}
        if item.user_name != item.old_name:
            personal = {"user_name": [item.old_name, item.user_name]}
        entries.append(audit.Entry(Action.USER_RESTORED, item.user, changes, personal))
    audit.record(entries, actor=actor, customer=customer, batch=batch)
    return returns, items


def _too_late(row: User) -> tuple[Outcome, str] | None:
    name = {"name": row.display_name}
    if row.deleted_at is None:
        return Outcome.FAILED, _("%(name)s has been restored by someone else.") % name
    if row.purge_after is None or row.purge_after <= timezone.now():
        return Outcome.FAILED, time_is_over(row.display_name)
    return None


def _revive(returns: Sequence[Return], batch: Batch) -> None:
    """Make them living again, on the objects too; a statement a domain, and one for new names."""
    for item in returns:
        user = item.user
        user.user_name, user.domain, user.changed_by_batch = item.user_name, item.domain, batch
        user.deleted_at = user.deleted_by = user.purge_after = None
        user.username = user.user_name.lower()
        if item.user_name != item.old_name:
            user.fill_searched()
    renamed = [item.user for item in returns if item.user_name != item.old_name]
    kept: dict[int | None, list[int]] = {}
    for item in returns:
        if item.user_name == item.old_name:
            kept.setdefault(item.user.domain_id, []).append(item.user.pk)
    try:
        with transaction.atomic():
            bulk.update(renamed, RENAMED)
            for domain_id, ids in kept.items():
                User.objects.filter(pk__among=ids).update(
                    username=Lower("user_name"),
                    domain=domain_id,
                    deleted_at=None,
                    deleted_by=None,
                    purge_after=None,
                    changed_by_batch=batch,
                )
    except IntegrityError:
        raise Refused(
            _("A user name or domain was taken just now. Check the page again."),
            code="name-or-domain-lost",
        ) from None


RENAMED = [
    "user_name",
    "username",
    "domain",
    "search_text",
    "deleted_at",
    "deleted_by",
    "purge_after",
    "changed_by_batch",
]


def _names(rows: Iterable[HeldLicense]) -> list[str]:
    return [row.product for row in rows]


def _item(batch: Batch, item: Return) -> BatchItem:
    """Return the item of a user who is still deleted; `before` is what its undo sets again."""
    user = item.user
    deletion = {
        "deleted_at": user.deleted_at and user.deleted_at.isoformat(),
        "purge_after": user.purge_after and user.purge_after.isoformat(),
        "deleted_by": user.deleted_by_id,
    }
    lost = [
        {
            "product": row.product,
            "reason": reason,
            "reason_said": words_of(reason),
            "subscription": row.subscription_id,
            "short": row in item.short,
        }
        for row, reason in item.lost
    ]
    return batches.item(
        batch,
        user,
        before={"user_name": item.old_name, **deletion},
        after={"user_name": item.user_name, "restored": _names(item.back), "lost": lost},
        outcome=Outcome.PARTLY if lost else Outcome.DONE,
        reason=joined(reason for _row, reason in item.lost),
    )
