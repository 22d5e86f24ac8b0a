"""Writing a planned change of licenses: the seats, the log, and the items of the batch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from customers.actions import Action
from customers.models import Batch
from customers.services import audit
from customers.services.batches import Alike
from licensing.models import Subscription
from licensing.services.seats import move_alike, switch_services

from ...models import User
from .planning import Shares, Step

Subscriptions = Mapping[int, Subscription]


def write_steps(
    steps: Sequence[Step],
    names: Mapping[int, str],
    subscriptions: Subscriptions,
    *,
    actor: User,
    batch: Batch,
) -> None:
    """Write all but the counters of the seats and the batch's end, which are the caller's.

    `names` are the users as the log has them, by id; they are locked.
    """
    shares = Shares.of(steps)
    customer = batch.customer_id
    move_alike(take=shares.take, release=shares.release, customer_id=customer, at=timezone.now())
    switch_services(shares.switch)
    groups = events_of(steps, names, subscriptions)
    audit.record_alike(groups, target=User, actor=actor, customer=batch.customer, batch=batch)


def items_of(steps: Iterable[Step]) -> list[Alike]:
    """Return the batch items of these steps, with both sides of the touched subscriptions.

    A side has by subscription id the services that are off, or None for no license.
    """

    def facts(step: Step, side: Mapping[int, Any]) -> dict[str, Any]:
        off = {pk: list(side[pk].off) if pk in side else None for pk in step.touched}
        return {"licenses": {str(pk): codes for pk, codes in off.items()}}

    return [Alike(step.users, facts(step, step.before), facts(step, step.after)) for step in steps]


def events_of(
    steps: Sequence[Step], names: Mapping[int, str], subscriptions: Subscriptions
) -> list[audit.Alike]:
    """Return what the log says of these steps; `names` as write_steps has them."""

    def alike(action: Action, step: Step, pk: int, **facts: Any) -> audit.Alike:
        facts = {"product": subscriptions[pk].product.name, **facts}
        return audit.Alike(action, [(user, names[user]) for user in step.users], facts)

    def off(codes: Sequence[str]) -> dict[str, list[str]]:
        return {"services_off": list(codes)} if codes else {}

    groups = [
        alike(Action.LICENSE_ASSIGNED, step, pk, **off(step.after[pk].off))
        for step in steps
        for pk in step.taken
    ]
    groups += [
        alike(Action.LICENSE_REVOKED, step, pk, **off(step.before[pk].off))
        for step in steps
        for pk in step.released
    ]
    for step in steps:
        for pk in step.switched:
            codes = [list(step.before[pk].off), list(step.after[pk].off)]
            groups.append(alike(Action.LICENSE_SERVICES, step, pk, services_off=codes))
    return groups
