"""What keeps the rules: every change of users, at its close, and of subscriptions."""

from customers.models import Batch, BatchKind
from customers.services.batches import AtClose
from customers.services.messages import Query
from licensing.models import Subscription

from ...models import KeptLicense, KeptState, LicenseRule
from .glancing import changed_items, glance
from .marks import leave, leave_waiting
from .settling import Occasion, settle

# So many users are looked at in the transaction that changes them; more by a task, at once after
# it.
AT_ONCE = 100
# What makes no difference to a rule, such as to block a user, who keeps the licenses.
KINDS = frozenset(
    {
        BatchKind.CREATE,
        BatchKind.CHANGE,
        BatchKind.LICENSES,
        BatchKind.DELETE,
        BatchKind.RESTORE,
        BatchKind.UPLOAD,
        BatchKind.REMOVE,
    }
)
# Where there was a rule once, licenses that it gave may still be held.
ANY_RULE = Query(
    lambda customer: (
        LicenseRule.objects.filter(customer=customer)
        .order_by()
        .values_list("customer")
        .union(KeptLicense.objects.filter(customer=customer).order_by().values_list("customer"))
    )
)


def keep(batch: Batch) -> None:
    """Bring the users of a batch that has been closed to what the rules want."""
    if batch.kind == BatchKind.DELETE:
        # What a rule gave is remembered until they are restored, or gone.
        deleted = changed_items(batch.pk).values("user")
        owed = KeptLicense.objects.filter(user__in=deleted)
        owed = owed.exclude(state=KeptState.GIVEN)
        owed._raw_delete(owed.db)  # noqa: SLF001 - nothing refers to it
    elif batch.done > AT_ONCE:
        leave(batch.customer_id, batch=batch)
    else:
        seen = glance(batch)
        if not seen.found.cases:
            if seen.is_seat_awaited:
                leave(batch.customer_id)
            return
        occasion = Occasion(batch.by, lambda: batch, stands_for=None, patient=False)
        if settle(seen.users, batch.customer, occasion, read=(seen.book, seen.found)).left:
            leave(batch.customer_id, batch=batch)
    leave_waiting(batch.customer_id)


def keep_subscription(subscription: Subscription) -> None:
    """Let those who wait have seats that are free now; forget what was given of a canceled one."""
    if subscription.is_canceled:
        gone = KeptLicense.objects.filter(subscription=subscription)
        gone._raw_delete(gone.db)  # noqa: SLF001 - nothing refers to it
    elif subscription.assignable:
        leave_waiting(subscription.customer_id)


KEEP_RULES = AtClose(KINDS, ANY_RULE, keep)
