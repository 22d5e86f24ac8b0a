"""What is remembered of files, and forgotten: by time, and when a user wants it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.models import Customer
from customers.roles import Capability
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..headings import bare
from ..models import ColumnMapping, Upload
from ..reading import Reading


def forget_texts() -> int:
    """Empty the texts that may name users, once none of them can be restored; return how many.

    These are why an upload was refused, and what its file was called and said in its headings.
    """
    end = timezone.now() - timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    files = Upload.objects.filter(finished_at__lte=end).exclude(file_name="", refusal="")
    return files.update(file_name="", refusal="", refusal_said=None, reading=Reading())


def remember_columns(columns: Mapping[str, str], *, customer: Customer, actor: User) -> None:
    """Keep what headings of the customer's files were said to mean; "" is ignored.

    In one statement, and in the order of all who do it: nobody waits for another in a circle.
    """
    named = {bare(heading)[:200]: heading.strip()[:200] for heading in columns}
    meant = {bare(heading)[:200]: column for heading, column in columns.items()}
    found = [
        ColumnMapping(customer=customer, header=header, heading=named[header], column=meant[header])
        for header in sorted(filter(None, named))
    ]
    if not found:
        return
    ColumnMapping.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["customer", "header"],
        update_fields=["column", "heading"],
    )
    _log(Action.COLUMNS_REMEMBERED, found, customer=customer, actor=actor)


@transactional
def forget_columns(customer: Customer, ids: Collection[int], *, actor: User) -> int:
    """Forget what these headings of the customer's files mean; return how many."""
    check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    mappings = ColumnMapping.objects.select_for_update().filter(customer=customer, pk__in=ids)
    found = list(mappings.order_by("header"))
    if not found:
        return 0
    ColumnMapping.objects.filter(pk__in=[mapping.pk for mapping in found]).delete()
    _log(Action.COLUMNS_FORGOTTEN, found, customer=customer, actor=actor)
    return len(found)


def _log(
    action: Action, mappings: Iterable[ColumnMapping], *, customer: Customer, actor: User
) -> None:
    """Write the headings to the side of the log that is forgotten: one may name a user."""
    names = "; ".join(mapping.written for mapping in mappings)
    entry = audit.Entry(action, customer, personal={"headings": names[:1000]})
    audit.record([entry], actor=actor, customer=customer)
