"""What customers are found by: made of their name and their domains, and kept beside them."""

from collections.abc import Iterator

from django.db import transaction

from ..folding import customer_search_text
from ..models import Customer

CHUNK = 1_000


def renew_search_text(customer: Customer) -> None:
    """Make anew what the customer is found by. Call after each change of its domains.

    It locks the customer's row, which is the last lock of a transaction: of two who add a domain
    at once, the second one reads what the first one added.
    """
    with transaction.atomic():
        rows = Customer.objects.select_for_update(no_key=True)
        fresh = rows.only("name", "search_text").get(pk=customer.pk)
        fresh.search_text = search_text_of(fresh)
        fresh.save(update_fields=["search_text"])
    customer.search_text = fresh.search_text


def search_text_of(customer: Customer) -> str:
    domains = [domain.name for domain in customer.domains.all()]
    return customer_search_text(customer.name, domains)


def renew_search_texts() -> int:
    """Renew the text of each customer whose name or domains it does not fit; return how many.

    A version of the portal that folds names otherwise makes all texts so, and what the version
    before it wrote while both ran is put right.
    """
    stale = [
        customer for customer in _customers() if customer.search_text != search_text_of(customer)
    ]
    for customer in stale:
        renew_search_text(customer)
    return len(stale)


def _customers() -> Iterator[Customer]:
    rows = Customer.objects.only("name", "search_text").order_by("pk")
    yield from rows.prefetch_related("domains").iterator(CHUNK)
