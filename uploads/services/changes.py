"""What a file changes of existing users: details, permissions, licenses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from accounts.models import User
from accounts.queries.license_groups import Held
from accounts.services.licenses import Shares, Step, items_of, write_steps
from accounts.services.users.owning import check_owned
from accounts.services.users.writing import entry_of, write_fields, write_roles
from customers.models import Batch, BatchItem
from customers.services import audit, batches
from customers.services.audit import named
from licensing.services.reservations import count_with_reserved, reserved_for
from licensing.services.seats import lock_subscriptions, tally

from .entries import Change
from .world import World


def write_changes(
    changes: Sequence[Change],
    rows: Mapping[int, User],
    *,
    world: World,
    actor: User,
    batch: Batch,
) -> list[BatchItem]:
    """Write the changes of these locked rows; an item a user. Raises NotActive, SeatsShort."""
    if not changes:
        return []
    pairs = _write_details(changes, rows, world, actor=actor, batch=batch)
    steps = _write_licenses(changes, rows, world, actor=actor, batch=batch)
    # Fields are there by name, licenses as a license change has them.
    licenses = {pk: group for group in items_of(steps) for pk in group.users}
    items = []
    for pk, found in pairs.items():
        before = {name: pair[0] for name, pair in found.items()}
        after = {name: pair[1] for name, pair in found.items()}
        if group := licenses.get(pk):
            before |= group.before
            after |= group.after
        items.append(batches.item(batch, rows[pk], before=before, after=after))
    return items


def _write_details(
    changes: Sequence[Change], rows: Mapping[int, User], world: World, *, actor: User, batch: Batch
) -> dict[int, dict[str, list[Any]]]:
    """Write fields and roles; return by user id what each was before and is after."""
    pairs: dict[int, dict[str, list[Any]]] = {}
    for change in changes:
        row = rows[change.user_id]
        for name, (_before, after) in change.fields.items():
            setattr(row, name, after)
        pairs[row.pk] = dict(change.fields)
        if change.roles is not None:
            pairs[row.pk]["roles"] = [list(map(str, row.roles)), list(map(str, change.roles))]
    check_owned(pairs, actor=actor)
    changed = [rows[pk] for pk, found in pairs.items() if found]
    fields = {name for found in pairs.values() for name in found if name != "roles"}
    write_fields(changed, fields, batch)
    write_roles({change.user_id: change.roles for change in changes if change.roles is not None})
    entries = [entry_of(row, pairs[row.pk]) for row in changed]
    audit.record(entries, actor=actor, customer=world.customer, batch=batch)
    return pairs


def _write_licenses(
    changes: Sequence[Change], rows: Mapping[int, User], world: World, *, actor: User, batch: Batch
) -> list[Step]:
    """Write the licenses of users who hold and shall hold the same, together; return the steps."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for change in changes:
        if change.licenses is not None:
            before = tuple(sorted(change.held.items()))
            after = tuple(sorted(change.licenses.items()))
            alike[str(rows[change.user_id].usage_location), before, after].append(change.user_id)
    steps = [
        Step(users, location, _holdings(before, world), _holdings(after, world))
        for (location, before, after), users in alike.items()
    ]
    if not steps:
        return []
    shares = Shares.of(steps)
    wanted = {pk for step in steps for pk in step.touched}
    subscriptions = lock_subscriptions(wanted, customer=world.customer)
    used = reserved_for(shares.take, subscriptions)
    count_with_reserved(tally(shares.take), tally(shares.release), subscriptions, used=used)
    names = {
        pk: named(rows[pk].display_name, rows[pk].user_name) for step in steps for pk in step.users
    }
    write_steps(steps, names, subscriptions, actor=actor, batch=batch)
    return steps


def _holdings(licenses: Collection[tuple[int, tuple[str, ...]]], world: World) -> dict[int, Held]:
    offers = world.subscriptions
    return {
        pk: Held(offers[pk].subscription.product_id, tuple(sorted(off))) for pk, off in licenses
    }
