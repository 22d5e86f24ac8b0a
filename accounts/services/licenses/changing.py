"""Manage licenses: what the users shall have, checked as a whole, then moved at one instant."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from customers.errors import Refused
from customers.formats import NO_CHANGE_NEEDED, TOLD
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import joined, ngettext
from customers.services import batches
from customers.services.batches import Alike
from customers.services.transactions import transactional
from licensing.errors import CHECK_AGAIN, SeatsShort, no_seat
from licensing.models import Subscription
from licensing.rules import Catalog, check_plans
from licensing.services.reservations import count_with_reserved, reserved_for
from licensing.services.seats import check_moves, count_taken, lock_subscriptions, tally

from ...models import User
from ...queries.license_groups import groups_of
from ..users.locking import Crowd, deleted_message, ids_of, removed_message, take_crowd
from . import single
from .holding import check_held_elsewhere
from .planning import (
    Changes,
    LicenseChange,
    Shares,
    Step,
    check_rules,
    check_seats,
    fit,
    plan,
)
from .writing import items_of, write_steps

Subscriptions = Mapping[int, Subscription]
GIVE = LicenseChange(have=True)


@transactional
def change_licenses(  # noqa: PLR0913
    users: Sequence[User | int],
    changes: Changes,
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    as_many_as_fit: bool = False,
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Give and take licenses by subscription id, all or nothing, never through a state between.

    `as_many_as_fit` leaves those as they are for whom no seat is left, in the order of names, and
    the deleted; the batch says so. Raises AlreadyDone, SeatsShort, NotActive, RulesBroken, Refused
    (a user was deleted).
    """
    # Where nothing but seats are taken, they can be counted at the very end.
    late = not as_many_as_fit and all(one == GIVE for one in changes.values())
    if late and len(users) == len(changes) == 1 and batch is None:
        return _give_one(users, changes, customer=customer, actor=actor, key=key, reason=reason)
    batch = batch or batches.open_batch(
        BatchKind.LICENSES, actor=actor, customer=customer, key=key, reason=reason
    )
    capability = Capability.MANAGE_LICENSES
    crowd = take_crowd(users, customer=customer, actor=actor, capability=capability)
    left = _missing(crowd, users, may_lack=as_many_as_fit)
    subscriptions = _find(customer, changes, lock=not late)
    if late and any(row.reserved for row in subscriptions.values()):
        # A seat may be reserved for one of them, which goes under the lock of its subscription.
        late, subscriptions = False, _find(customer, changes, lock=True)
    steps = plan(groups_of(crowd.living, customer), changes, subscriptions)
    check_held_elsewhere(steps)
    _check(steps, changes, subscriptions, Catalog)
    if as_many_as_fit:
        steps, without_seat = _fitting(steps, subscriptions)
        left += without_seat
    shares = Shares.of(steps)
    gained, lost = tally(shares.take), tally(shares.release)
    if late:
        _check_free(gained, subscriptions)
    else:
        used = reserved_for(shares.take, subscriptions)
        count_with_reserved(gained, lost, subscriptions, used=used)
    write_steps(steps, crowd.living, subscriptions, actor=actor, batch=batch)
    # Asked before the counters are locked, and done when the seats are counted.
    acts = batches.acts_at_close(batch)
    moved = [step for step in steps if step.touched]
    same = [
        Alike(step.users, outcome=Outcome.ALREADY, reason=str(NO_CHANGE_NEEDED))
        for step in steps
        if not step.touched
    ]
    batches.close_batch_alike(batch, [*items_of(moved), *same, *left], acts=())
    if late:
        count_taken(gained)
    for act in acts:
        act(batch)
    return batch


def _give_one(
    users: Sequence[User | int],
    changes: Changes,
    *,
    customer: Customer,
    actor: User,
    key: str,
    reason: str,
) -> Batch:
    """Give one user one license, which takes a seat and does nothing else."""
    [user_id], [pool] = ids_of(users), changes
    found = single.look(user_id, pool, customer=customer, actor=actor, key=key, reason=reason)
    if not found.is_reserved:
        _missing(found.crowd, users, may_lack=False)
        subscriptions = found.subscriptions
        _check_found(changes, subscriptions)
        [step] = plan(found.groups, changes, subscriptions)
        if step.touched:
            _check([step], changes, subscriptions, lambda: found.catalog)
            _check_free(dict.fromkeys(step.taken, 1), subscriptions)
            return single.give(found, step, actor=actor)
    # Its batch is that of one plain seat, which is not what is done.
    found.batch.done = 0
    return change_licenses(users, changes, customer=customer, actor=actor, batch=found.batch)


def _check_free(gained: Mapping[int, int], subscriptions: Subscriptions) -> None:
    """Check seats early, so that nothing is written in vain; a refusal is by the locked rows."""
    try:
        check_moves(gained, {}, subscriptions)
    except Refused:
        check_moves(gained, {}, lock_subscriptions(gained))


def _missing(crowd: Crowd, users: Iterable[User | int], *, may_lack: bool) -> list[Alike]:
    """Return the items of the deleted; Refused unless they may lack what was chosen for them."""
    deleted = [(row.pk, deleted_message(row)) for row in crowd.deleted_users()]
    if may_lack and crowd.living:
        return [Alike([pk], outcome=Outcome.FAILED, reason=why) for pk, why in deleted]
    named = [user for user in users if isinstance(user, User) and user.pk in crowd.removed]
    lost = [why for _pk, why in deleted]
    lost += map(removed_message, named)
    if unnamed := len(crowd.removed) - len(named):
        text = ngettext(
            "%(count)s user has been deleted permanently.",
            "%(count)s users have been deleted permanently.",
            unnamed,
        )
        lost.append(text % {"count": unnamed})
    if lost:
        raise Refused(joined(lost[:TOLD]), code="user-gone")
    if not crowd.living:
        raise Refused(_("No users are selected. Select them again."), code="nobody-selected")
    return []


def _find(customer: Customer, changes: Changes, *, lock: bool) -> dict[int, Subscription]:
    swapped = [change.instead_of for change in changes.values()]
    wanted = {*changes, *(pk for pk in swapped if pk is not None)}
    if lock:
        subscriptions = lock_subscriptions(wanted, customer=customer)
    else:
        own = customer.subscriptions.select_related("product").filter(pk__in=wanted)
        subscriptions = {row.pk: row for row in own}
    _check_found(wanted, subscriptions)
    return subscriptions


def _check_found(wanted: Iterable[int], subscriptions: Subscriptions) -> None:
    if set(wanted) - subscriptions.keys():
        raise Refused(
            str(CHECK_AGAIN),
            code="subscription-gone",
        )


def _check(
    steps: Sequence[Step],
    changes: Changes,
    subscriptions: Subscriptions,
    catalog: Callable[[], Catalog],
) -> None:
    check_plans({subscriptions[pk].product_id: change.switch_off for pk, change in changes.items()})
    if any(step.touched for step in steps):
        check_rules(steps, catalog())


def _fitting(steps: list[Step], subscriptions: Subscriptions) -> tuple[list[Step], list[Alike]]:
    """Return the steps of those for whom there are seats, and what is said of the others."""
    try:
        check_seats(steps, subscriptions)
    except SeatsShort as short:
        wanting = [user for step in steps if step.taken for user in step.users]
        order = User.objects.filter(pk__among=wanting).order_by("sort_name", "pk")
        fitting, lacking = fit(steps, order.values_list("pk", flat=True), subscriptions)
        if not any(step.touched for step in fitting):
            raise short from None
        alike: dict[tuple[int, ...], list[int]] = {}
        for user, pks in lacking.items():
            alike.setdefault(pks, []).append(user)
        return fitting, [
            Alike(
                sorted(users),
                outcome=Outcome.FAILED,
                reason=joined(no_seat(subscriptions[pk].product.name) for pk in pks),
            )
            for pks, users in alike.items()
        ]
    return steps, []
