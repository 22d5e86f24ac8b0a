"""What users' names are found and sorted by, where that is made behind the scenes."""

from django.db import connection, transaction
from django.db.models import F, QuerySet

from customers.models import Customer
from customers.services import bulk

from ..models import User

CHUNK = 1_000
NAMED = ("customer", "display_name", "user_name", "first_name", "last_name", "deleted_at")
RENEWED = ("sort_name", "search_text")


def renew_names() -> int:
    """Sort and find anew the users of customers whose country was changed; return how many.

    Chunk by chunk: nobody who saves waits long, and whoever looks sees the order change. A version
    of the portal that folds or sorts names otherwise opens all customers again, by a migration that
    empties `names_sorted_for`; what the version before it wrote meanwhile is put right so. Staff,
    who are few and have no customer, are looked at with them.
    """
    behind = Customer.objects.exclude(names_sorted_for=F("country")).order_by("pk")
    changed = _renew(User.objects.filter(customer=None), None) if behind.exists() else 0
    for customer in behind:
        changed += _renew(User.objects.filter(customer=customer), customer)
        same = Customer.objects.filter(pk=customer.pk, country=customer.country)
        same.update(names_sorted_for=customer.country)
    return changed


def _renew(users: QuerySet[User], customer: Customer | None) -> int:
    changed, last = 0, 0
    users = users.only(*NAMED, *RENEWED).order_by("pk")
    while True:
        with transaction.atomic():
            behind = users.filter(pk__gt=last).select_for_update(no_key=True)
            rows = list(behind[:CHUNK])
            stale = []
            for row in rows:
                row.customer = customer
                before = row.sort_name, row.search_text
                row.fill_derived()
                if before != (row.sort_name, row.search_text):
                    stale.append(row)
            bulk.update(stale, RENEWED)
        if not rows:
            return changed
        last = rows[-1].pk
        changed += len(stale)


def tidy_search() -> int:
    """Work off the list in which new names wait before they are in the index (migration 0003).

    The role of tasks is needed for it. Return how many pages it had.

    Searches are right without: they look through it. Safe at any time, and in several at once.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT tidy_search()")
        [pages] = cursor.fetchone()
    return int(pages)
