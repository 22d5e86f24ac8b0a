"""What a source could not do: kept in words, for those who look after it."""

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.names import USER_NAME_LENGTH
from customers.invisible import visible
from customers.said import cleaned, columns_of

from ..models import Doing, Source, SourceRefusal
from ..models.sources import REFUSALS_KEPT

# Of a sentence and of each of its values, which may be what was sent.
MOST_LETTERS = 1_000


def forget_refusals(rows: QuerySet[SourceRefusal] | None = None) -> int:
    """Delete refusals that are older than they are kept; return how many."""
    found = SourceRefusal.objects.all() if rows is None else rows
    gone, _each = found.filter(last_at__lt=timezone.now() - REFUSALS_KEPT).delete()
    return gone


def note(source: Source, doing: Doing, user_name: str, code: str, sentence: str) -> None:
    """Keep a refusal. What is said again of the same user is counted; old ones go."""
    now = timezone.now()
    told = columns_of("sentence", cleaned(sentence, lambda text: visible(text)[0][:MOST_LETTERS]))
    rows = SourceRefusal.objects.filter(source=source)
    name = visible(user_name)[0][:USER_NAME_LENGTH]
    same = {"user_name": name, "doing": doing, "code": code}
    if rows.filter(**same).update(times=F("times") + 1, last_at=now, **told):
        return
    forget_refusals(rows)
    try:
        with transaction.atomic():
            SourceRefusal.objects.create(
                source=source, customer_id=source.customer_id, **told, **same
            )
    except IntegrityError:
        # Another request has just noted the same.
        rows.filter(**same).update(times=F("times") + 1, last_at=now)
