"""Undo beside a line of the activity log, which itself knows nothing of what can be undone."""

from collections.abc import Iterable, Mapping

from django import template

from accounts.models import User
from accounts.views.batches.base import undo_url
from customers.models import Batch
from customers.views.activity import EventLine

register = template.Library()


@register.simple_tag
def undo_urls(lines: Iterable[EventLine], actor: User) -> dict[int, str]:
    """Return, by batch, where this user can undo it, with one query for a page of lines."""
    ids = {line.event.batch_id for line in lines if line.event.batch_id}
    batches = Batch.objects.select_related("undone_by__by").defer("users", "request")
    return {
        batch.pk: url for batch in batches.filter(pk__in=ids) if (url := undo_url(batch, actor))
    }


@register.filter
def of_batch(urls: Mapping[int, str], batch_id: int | None) -> str:
    return urls.get(batch_id, "") if batch_id else ""
