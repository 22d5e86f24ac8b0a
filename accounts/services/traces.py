"""Where users' names stand outside of their own rows, and when they go from there."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from customers.folding import folded_words
from customers.models import Batch, BatchItem, Customer
from customers.services.transactions import transactional

from ..models import SavedFilter, User

CHUNK = 2_000


def forget_texts() -> int:
    """Empty the texts that may name users, once nobody in them can be restored; return how many.

    Why a user was left out of a batch, and why a batch was refused. The admin's log loses who is
    gone.
    """
    end = timezone.now() - timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    batches = Batch.objects.filter(finished_at__lte=end).exclude(refusal="")
    forgotten = batches.update(refusal="", refusal_said=None)
    # A chunk at a time: a batch may have left out very many.
    reasons = BatchItem.objects.exclude(reason="").filter(batch__finished_at__lte=end)
    while pks := list(reasons.values_list("pk", flat=True)[:CHUNK]):
        forgotten += BatchItem.objects.filter(pk__among=pks).update(reason="", reason_said=None)
    # What the admin has noted, in words, of users who are gone by now.
    user = User.objects.filter(pk=Cast(OuterRef("object_id"), BigIntegerField()))
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
    told = entries.exclude(object_repr="", change_message="").filter(~Exists(user))
    return forgotten + told.update(object_repr="", change_message="")


@transactional
def forget_users(ids: Collection[int], customers: Collection[Customer]) -> None:
    """Remove what others have written down of users who are removed now, in this transaction.

    These are saved filters whose search finds nobody but them. `customers` are the users': staff
    has none, as no search finds them.
    """
    if not customers:
        return
    partners = {customer.partner_id for customer in customers}
    own = Q(customer__in=[customer.pk for customer in customers])
    whose = own | Q(customer=None, owner__partner__in=partners)
    alone = []
    for saved in SavedFilter.objects.filter(whose, query__has_key="q").select_related("owner"):
        found = User.objects.matching(folded_words(saved.query["q"]))
        if saved.customer_id:
            found = found.filter(customer=saved.customer_id)
        else:
            found = found.filter(customer__partner=saved.owner.partner_id)
        if found.filter(pk__among=ids).exists() and not found.exclude(pk__among=ids).exists():
            alone.append(saved.pk)
    SavedFilter.objects.filter(pk__in=alone).delete()
