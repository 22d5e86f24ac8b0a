"""What a change leaves for a task, in its own transaction: users whom the rules have to look at."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.services.queue import is_kept_back, publish
from customers.models import Batch, Customer
from customers.services import messages
from licensing.models import SubscriptionStatus

from ...models import KeptLicense, KeptState, Unsettled

SETTLE_CUSTOMER = "automation.tasks.settle_customer"


def leave(
    customer: Customer | int,
    *,
    batch: Batch | None = None,
    since: datetime | None = None,
    is_whole: bool = False,
) -> None:
    """Leave users to a task, which is sent once this is committed; beat sends again what is lost.

    Whose they are, `Unsettled` says.
    """
    pk = customer if isinstance(customer, int) else customer.pk
    Unsettled.objects.create(customer_id=pk, batch=batch, since=since, is_whole=is_whole)
    transaction.on_commit(lambda: send(pk))


def send(customer: int) -> None:
    if not is_kept_back():
        publish(SETTLE_CUSTOMER, customer)


def leave_waiting(customer: Customer | int) -> None:
    """Leave those who wait, if there is a seat for one of them."""
    pk = customer if isinstance(customer, int) else customer.pk
    [awaited] = messages.send(AWAITED_SEAT(pk))
    if awaited.rows:
        leave(pk)


def with_free_seat(waiting: "QuerySet[KeptLicense]") -> "QuerySet[KeptLicense]":
    """Return those of these rows whose subscription has a seat to give."""
    taken = F("subscription__assigned") + F("subscription__reserved")
    return waiting.filter(
        subscription__status=SubscriptionStatus.ACTIVE, subscription__quantity__gt=taken
    )


# A row where somebody at the customer waits for a seat that is free.
AWAITED_SEAT = messages.Query(
    lambda customer: (
        with_free_seat(KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING))
        .order_by()
        .values_list("pk")[:1]
    )
)
