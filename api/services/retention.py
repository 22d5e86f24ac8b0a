"""The end of tokens: lists show them for a while after they are worth nothing, then they go."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from customers.services.transactions import transactional

from ..models import Token, TokenCustomer

# After the end or the revocation; the activity log keeps what there was.
SHOWN = timedelta(days=90)
CHUNK = 1_000


def forget_tokens(*, now: datetime | None = None) -> int:
    """Delete the tokens that ended or were revoked 90 days ago; return how many."""
    edge = (now or timezone.now()) - SHOWN
    gone = 0
    while number := _forget(edge):
        gone += number
    return gone


@transactional
def _forget(edge: datetime) -> int:
    over = Token.objects.filter(Q(ends_at__lt=edge) | Q(revoked_at__lt=edge)).order_by("pk")
    locked = over.select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:CHUNK])
    TokenCustomer.objects.filter(token__in=ids).delete()
    Token.objects.filter(pk__in=ids).delete()
    return len(ids)
