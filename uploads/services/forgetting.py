"""What is remembered of files, and forgotten: by time, and when a user wants it."""

from collections.abc import Collection
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

from ..models import ColumnMapping, Upload


def forget_texts() -> int:
    """Empty the texts that may name users, once none of them can be restored; return how many.

    These are why an upload was refused, and what its file was called and said in its headings.
    """
    end = timezone.now() - timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    files = Upload.objects.filter(finished_at__lte=end).exclude(file_name="", refusal="")
    return files.update(file_name="", refusal="", reading={})


@transactional
def forget_columns(customer: Customer, ids: Collection[int], *, actor: User) -> int:
    """Forget what these headings of the customer's files mean; return how many."""
    check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    mappings = ColumnMapping.objects.select_for_update().filter(customer=customer, pk__in=ids)
    found = list(mappings.order_by("header"))
    if not found:
        return 0
    ColumnMapping.objects.filter(pk__in=[mapping.pk for mapping in found]).delete()
    names = "; ".join(mapping.written for mapping in found)
    entry = audit.Entry(Action.COLUMNS_FORGOTTEN, customer, {"headings": names[:1000]})
    audit.record([entry], actor=actor, customer=customer)
    return len(found)
