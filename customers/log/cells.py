"""The activity log as rows of text, for a file."""

from collections.abc import Iterator
from datetime import tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

from ..formats import exact
from ..forms.reason import LABEL as REASON_LABEL
from ..query_params import LARGEST_ID
from .events import AuditEventQuerySet
from .history import action_label, describe, reason_text, target_name
from .plans import plan_names

CHUNK = 2_000


def activity_cells(
    events: AuditEventQuerySet, zone: tzinfo, *, of_all: bool
) -> Iterator[list[str]]:
    """Yield the events as rows of text, headings first, in this zone, while they are read."""
    yield [
        _("Time (%(zone)s)") % {"zone": zone},
        *([_("Customer")] if of_all else []),
        _("By"),
        _("Action"),
        _("Kind"),
        _("Target"),
        _("Changes"),
        str(REASON_LABEL),
        _("Batch"),
    ]
    # A chunk at a time: the log may be longer than the memory.
    newest, before = events.newest_first(), LARGEST_ID
    while chunk := list(newest.filter(pk__lt=before)[:CHUNK]):
        before, plans = chunk[-1].pk, plan_names(chunk)
        for event in chunk:
            with timezone.override(zone):
                details, at = describe(event, plans), exact(event.at)
            yield [
                at,
                # What concerns the team is no customer's.
                *([event.customer.name if event.customer else ""] if of_all else []),
                event.named.actor or _("The portal"),
                action_label(event),
                event.target_type,
                target_name(event),
                "; ".join(details),
                reason_text(event),
                str(event.batch_id or ""),
            ]
