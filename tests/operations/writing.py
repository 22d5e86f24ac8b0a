"""One of several who write all the time: `python -m tests.operations.writing NUMBER FILE`.

What a service has confirmed is a line of the file: the time, and the batch. It goes on until the
database is away for good or the process is killed.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any, TextIO

import django

from customers import scope

CUSTOMER = "Contoso"
SEATS = 400


def prepare() -> None:
    """A customer with seats that the writers fight for, and a first seal on the log."""
    from accounts.services.users import reset_passwords
    from customers.services.sealing import seal_events
    from tests.factories import SubscriptionFactory
    from tests.support.cast import make_cast

    cast = make_cast()
    SubscriptionFactory.create_batch(2, customer=cast.contoso, quantity=SEATS)
    reset_passwords([cast.gail], customer=cast.contoso, actor=cast.alice)
    seal_events()


def leave() -> None:
    """A change that a worker is sent for: it blocks Uma."""
    from accounts.models import User
    from accounts.services.queue import send_batch
    from customers.models import BatchKind, Customer
    from customers.services.batches import leave_batch

    users = User.objects.filter(username__startswith="uma@").values_list("pk", flat=True)
    batch = leave_batch(
        BatchKind.BLOCK,
        list(users),
        customer=Customer.objects.get(name=CUSTOMER),
        actor=User.objects.get(username="alice@fabrikam.example"),
    )
    send_batch(batch.pk)


def write(number: int, log: TextIO) -> None:
    from accounts.models import User
    from accounts.services.licenses import LicenseChange, change_licenses
    from accounts.services.users import NewUser, add_users, delete_users, restore_users
    from customers.models import Customer
    from customers.services.sealing import seal_events
    from licensing.models import Subscription

    customer = Customer.objects.get(name=CUSTOMER)
    actor = User.objects.get(username="alice@fabrikam.example")
    domain = customer.domains.get(is_primary=True)
    seats = list(Subscription.objects.filter(customer=customer).order_by("pk"))
    whole: Any = {"customer": customer, "actor": actor}

    def confirmed(batch: int) -> None:
        log.write(f"{time.time():.6f} {batch}\n")
        log.flush()

    for turn in count():
        new = [
            NewUser(f"w{number}-{turn}-{who}", domain, f"Writer {number}", {"usage_location": "US"})
            for who in range(3)
        ]
        added = add_users(new, **whole)
        confirmed(added.batch.pk)
        users = [user.pk for user in added.users]
        have = {each.pk: LicenseChange(have=True) for each in seats}
        confirmed(change_licenses(users, have, **whole).pk)
        confirmed(delete_users(users, **whole).pk)
        confirmed(restore_users(users[:2], **whole).batch.pk)
        lose = {seats[0].pk: LicenseChange(have=False)}
        confirmed(change_licenses(users[:2], lose, **whole).pk)
        # Seats are not used up.
        confirmed(delete_users(users[:2], **whole).pk)
        if number == 0:
            # As beat does, each minute.
            seal_events()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    # As the portal's login, which sees nothing without a scope.
    scope.process.scope = scope.TASKS
    if sys.argv[1] in {"prepare", "leave"}:
        {"prepare": prepare, "leave": leave}[sys.argv[1]]()
    else:
        with Path(sys.argv[2]).open("a") as file:
            write(int(sys.argv[1]), file)
