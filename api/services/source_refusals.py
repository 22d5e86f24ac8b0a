"""What a source could not do: kept in words, for those who look after it."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.names import USER_NAME_LENGTH

from ..models import Doing, Source, SourceRefusal
from ..models.sources import REFUSALS_KEPT


def note(source: Source, doing: Doing, user_name: str, code: str, sentence: str) -> None:
    """Keep a refusal. What is said again of the same user is counted; old ones go."""
    now = timezone.now()
    rows = SourceRefusal.objects.filter(source=source)
    same = {"user_name": user_name[:USER_NAME_LENGTH], "doing": doing, "code": code}
    if rows.filter(**same).update(times=F("times") + 1, last_at=now, sentence=sentence):
        return
    rows.filter(last_at__lt=now - REFUSALS_KEPT).delete()
    try:
        with transaction.atomic():
            SourceRefusal.objects.create(
                source=source, customer_id=source.customer_id, sentence=sentence, **same
            )
    except IntegrityError:
        # Another request has just noted the same.
        rows.filter(**same).update(times=F("times") + 1, last_at=now)
