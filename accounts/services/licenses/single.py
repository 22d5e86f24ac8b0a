"""One license for one user, which is most of what is done, in two messages to the database.

By the same rules as for many (changing.py), and with the same rows left behind. The first message
opens the batch, locks the user, and then reads what the rules ask; the second writes everything
down, the seat last, so that others wait for its subscription no longer than a commit takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from customers.models import Batch, BatchItem, BatchKind, Customer
from customers.roles import Capability
from customers.services import audit, batches
from customers.services.audit import named
from customers.services.messages import Query, insertion, send, send_with_commit
from customers.services.permission import acting, check_actor, fresh_of
from licensing.models import LicenseAssignment, SeatReservation, Subscription
from licensing.rules import CATALOG, Catalog
from licensing.services.seats import (
    SEAT_COLUMNS,
    count_taken,
    count_with_commit,
    seat_taken,
    subscription_from,
)

from ...models import User
from ...queries.license_groups import Group, Held
from ..users.locking import Crowd
from .planning import Step
from .writing import events_of, items_of

# The actor is locked along with a colleague, as take_crowd does.
USER = Query(
    lambda users, customer: (
        User.objects.filter(customer=customer, pk__among=users)
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
        .values_list("pk", "display_name", "user_name", "deleted_at", "usage_location")
    )
)
HELD = Query(
    lambda user: (
        LicenseAssignment.objects.live()
        .filter(user=user)
        .values_list("subscription", "subscription__product", "services_off")
    )
)
# Along with it, whether one of its seats is reserved for this user.
POOL = Query(
    lambda pk, customer, user: Subscription.objects.filter(pk=pk, customer=customer).values_list(
        *SEAT_COLUMNS,
        "product__name",
        Exists(SeatReservation.objects.filter(subscription=OuterRef("pk"), user=user)),
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the first message has opened, locked and read; `is_reserved` if a seat is kept for this
    user.
    """

    batch: Batch
    crowd: Crowd
    groups: list[Group]
    subscriptions: dict[int, Subscription]
    catalog: Catalog
    is_reserved: bool
    # What is to be done once all is written.
    acts: Sequence[batches.Act]


def look(
    user_id: int, pool: int, *, customer: Customer, actor: User, key: str, reason: str
) -> Found:
    """Open the batch, lock this user, and read. Refused when the actor may no longer do this.

    Raises AlreadyDone. The subscription is not locked, and not there where it is another's.
    """
    batch, opening = batches.batch_of_one(
        BatchKind.LICENSES, actor=actor, customer=customer, key=key, reason=reason
    )
    colleague = actor.customer_id is not None and actor.customer_id == customer.pk
    wanted = sorted({user_id, actor.pk} if colleague else {user_id})
    asked = batches.asked_at_close(batch.kind)
    begun, row_of_user, fresh, pools, held, catalog, *answers = send(
        opening,
        USER(wanted, customer.pk),
        acting(actor.pk),
        POOL(pool, customer.pk, user_id),
        HELD(user_id),
        CATALOG(),
        *(more.asks(customer.pk) for more in asked),
    )
    batches.opened(batch, begun)
    acts = [more.act for more, answer in zip(asked, answers, strict=True) if answer.rows]
    check_actor(actor, Capability.MANAGE_LICENSES, customer=customer, known=fresh_of(fresh))
    holdings = {pk: Held(product, tuple(off)) for pk, product, off in held.rows}
    subscriptions, is_reserved = {}, False
    for *columns, name, kept in pools.rows:
        is_reserved = bool(kept)
        row = subscription_from(columns, name)
        subscriptions[row.pk] = row
    crowd, groups = Crowd({}, [], {user_id}), list[Group]()
    for pk, name, user_name, deleted_at, location in row_of_user.rows:
        if pk == user_id and deleted_at:
            crowd = Crowd({}, [user_id], set())
        elif pk == user_id:
            crowd = Crowd({user_id: named(name, user_name)}, [], set())
            groups.append(Group(location, holdings, [user_id]))
    return Found(batch, crowd, groups, subscriptions, Catalog(catalog), is_reserved, acts)


def give(found: Found, step: Step, *, actor: User) -> Batch:
    """Write down what was planned for this user, and count the seat. Raises as count_taken."""
    seats = [
        seat_taken(found.subscriptions[pk], step.users[0], step.after[pk].off) for pk in step.taken
    ]
    events = events_of([step], found.crowd.living, found.subscriptions)
    log = audit.record_one(events, target=User, actor=actor, batch=found.batch)
    [alike] = items_of([step])
    facts = {"before": alike.before, "after": alike.after, "outcome": alike.outcome}
    item = insertion(BatchItem(batch=found.batch, user_id=step.users[0], **facts))
    written = [item, *seats, *log]
    if found.acts or not send_with_commit(*written, *map(count_with_commit, step.taken)):
        send(*written)
        count_taken(dict.fromkeys(step.taken, 1))
    for act in found.acts:
        act(found.batch)
    return found.batch
