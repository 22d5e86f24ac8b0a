"""What the process of a side does: a line of JSON in, a line of JSON out, until there is none.

`["page", {"address": "/customers/"}]` opens that page as partner 1's account admin.
"""

import functools
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection

if __name__ == "__main__":
    # The models below want to be set up.
    import django

    from customers import scope

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.portal.settings"
    django.setup()
    scope.process.scope = scope.TASKS

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import delete_users, restore_users
from customers.models import AuditEvent, Customer
from customers.services.batches import new_key
from customers.services.retention import drop_events, forget_names
from tests.bench.memory import forget_peak, peak_memory
from tests.bench.millions.clock import measured
from tests.bench.millions.filling import FIRST_ID
from tests.bench.millions.pages import pages_of_customer, pages_of_partner, pages_of_support
from tests.bench.population import STAFF
from tests.bench.upload import do
from tests.bench.visitor import Visitor

Spent = dict[str, float]


@functools.cache
def _visitor(user: int) -> Visitor:
    return Visitor(User.objects.get(pk=user))


def pages(customer: int) -> dict[str, str]:
    return pages_of_customer(customer)


def other_pages() -> dict[str, dict[str, str]]:
    return {"partner": pages_of_partner(), "support": pages_of_support()}


def page(address: str, repeat: int = 1, user: int = STAFF) -> Spent:
    return measured(lambda: _visitor(user).open(address), repeat)


def queries(address: str, user: int = STAFF) -> int:
    return _visitor(user).queries(address)


def stroll(number: int, seed: int) -> dict[str, Spent]:
    """Pages of users anywhere, each opened once by the admin of their partner."""
    drawn = _drawn(number * 2, seed)
    users = list(User.objects.active().filter(pk__in=drawn, customer__isnull=False)[:number])
    partners = dict(Customer.objects.values_list("pk", "partner_id"))
    staff = dict(User.objects.filter(partner__isnull=False).values_list("partner_id", "pk"))
    visitors = [_visitor(staff[partners[one.customer_id or 0]]) for one in users]
    addresses = {
        "list": [f"/customers/{one.customer_id}/users/" for one in users],
        "search": [
            f"/customers/{one.customer_id}/users/?{urlencode({'q': one.last_name})}"
            for one in users
        ],
        "person": [f"/customers/{one.customer_id}/users/{one.pk}/" for one in users],
    }
    return {name: _opened(visitors, these) for name, these in addresses.items()}


def _drawn(number: int, seed: int) -> list[int]:
    """Ids of users, the same for the same seed; some may be gone."""
    ids = range(FIRST_ID + 1, User.objects.order_by("-pk").values_list("pk", flat=True)[0])
    return random.Random(seed).sample(ids, min(number, len(ids)))


def _opened(visitors: list[Visitor], addresses: list[str]) -> Spent:
    def work() -> None:
        for visitor, address in zip(visitors, addresses, strict=True):
            visitor.open(address)

    spent = measured(work)
    return {name: value / len(addresses) for name, value in spent.items()}


def delete(ids: list[int], customer: int) -> Spent:
    # As the task that does it: of ids, which it loads itself.
    return measured(lambda: delete_users(ids, **_whose(customer)))


def restore(ids: list[int], customer: int) -> Spent:
    return measured(lambda: restore_users(ids, **_whose(customer)))


def _whose(customer: int) -> dict[str, Any]:
    return {
        "customer": Customer.objects.get(pk=customer),
        "actor": User.objects.get(pk=STAFF),
        "key": new_key(),
    }


def upload(number: int, customer: int, skipped: int) -> dict[str, Any]:
    """Checking and doing, and the most memory that this process had meanwhile, in megabytes."""
    forget_peak()
    checking, doing = do(number, measured, customer, skipped)
    return {"checking": checking, "doing": doing, "megabytes": peak_memory()}


def task(name: str) -> Spent:
    """A task of the schedule, with how many it worked on."""
    done: list[Any] = []
    spent = measured(lambda: done.append(import_string(name)()))
    return {**spent, "done": int(done[0] or 0)}


def forget_oldest_names() -> Spent:
    return _retire(forget_names, settings.AUDIT_NAMES_DAYS)


def drop_oldest_events() -> Spent:
    return _retire(drop_events, settings.AUDIT_DAYS)


def _retire(service: Callable[..., int], days: int) -> Spent:
    """As at the end of the day on which the time of the oldest week is over."""
    oldest = AuditEvent.objects.order_by("pk").values_list("at", flat=True)[0]
    done: list[int] = []
    spent = measured(lambda: done.append(service(now=oldest + timedelta(days=days + 1))))
    return {**spent, "done": done[0]}


def invariants() -> Spent:
    found: list[str] = []
    spent = measured(lambda: found.extend(violations()))
    if found:
        raise RuntimeError(f"{len(found)} rules are broken: {found[0]}.")
    return spent


def sign_in(number: int, seed: int) -> Spent:
    """Find the user of a sign-in name, without the hash, which costs the same anywhere."""
    names = list(
        User.objects.active().filter(pk__in=_drawn(number, seed)).values_list("username", flat=True)
    )

    def work() -> None:
        for name in names:
            User.objects.get_by_natural_key(name)

    return {name: value / len(names) for name, value in measured(work).items()}


WORKS: Mapping[str, Callable[..., Any]] = {
    work.__name__: work
    for work in (
        pages,
        other_pages,
        page,
        queries,
        stroll,
        upload,
        delete,
        restore,
        task,
        forget_oldest_names,
        drop_oldest_events,
        invariants,
        sign_in,
    )
}


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Whatever else is printed is for people.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    connection.settings_dict["CONN_MAX_AGE"] = None
    for line in sys.stdin:
        work, arguments = json.loads(line)
        print(json.dumps(WORKS[work](**arguments)), file=answers, flush=True)


if __name__ == "__main__":
    main()
