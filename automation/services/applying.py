"""Bringing users to rules that somebody has just changed: a batch, at once or by a task."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.queue import send_batch
from customers.errors import AlreadyDone
from customers.models import Batch, BatchKind, Customer
from customers.services import batches

from ..models import KeptLicense, LicenseRule
from ..queries.rule_facts import RuleFacts, rulebook_of
from .keeping.marks import leave, leave_waiting
from .keeping.settling import Occasion, lock_users, settle


def users_of(rule: LicenseRule) -> set[int]:
    """Return whom the rule matches, and who has something, or waits for it, by a rule that gives
    the same.
    """
    [facts] = rulebook_of([RuleFacts.of(rule, now=timezone.now())]).rules
    kept = KeptLicense.objects.filter(
        customer=rule.customer_id, subscription__in=facts.gives, user__deleted_at=None
    )
    matching = facts.users(rule.customer).order_by().values_list("pk", flat=True)
    return {*matching, *kept.order_by().values_list("user_id", flat=True)}


def check_unused(key: str, customer: Customer, actor: User) -> None:
    """Raise AlreadyDone where a form of this key has been sent before."""
    if not key:
        return
    twin = batches.find_batch(BatchKind.RULES, actor=actor, customer=customer, key=key)
    if twin is not None:
        raise AlreadyDone(twin)


def apply(
    do: str,
    rule: LicenseRule,
    users: Collection[int],
    *,
    actor: User,
    key: str = "",
    reason: str = "",
    **more: Any,
) -> Batch:
    """Have these users brought to the rules, which are written and locked; return the batch.

    Whoever is being changed at this moment by another, who can't know of it yet, is looked at
    afterwards.
    """
    customer, now = rule.customer, timezone.now()
    request = {"do": do, "rule": rule.pk, "name": rule.name, **more}
    terms: dict[str, Any] = {
        "actor": actor,
        "customer": customer,
        "key": key,
        "request": request,
        "reason": reason,
    }
    if len(users) > settings.PEOPLE_AT_ONCE:
        batch = batches.leave_batch(BatchKind.RULES, sorted(users), **terms)
        transaction.on_commit(lambda: send_batch(batch.pk))
    else:
        batch = run(batches.open_batch(BatchKind.RULES, **terms), users)
    leave(customer, batch=batch, since=now)
    return batch


def run(batch: Batch, users: Collection[int]) -> Batch:
    """Bring these users to the rules, and close the batch, which has begun."""
    lock_users(users, batch.customer)
    name = str(batch.request.get("name", ""))
    occasion = Occasion(batch.by, lambda: batch, rule=name)
    done = settle(sorted(users), batch.customer, occasion)
    # It has waited for all of them, and counts those for whom anything came of it.
    batch.total = 0
    batches.close_batch_alike(batch, done.items)
    leave_waiting(batch.customer)
    return batch
