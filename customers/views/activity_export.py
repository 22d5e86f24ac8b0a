"""The activity log as a file."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.events import AuditEventQuerySet
from customers.history import action_label, describe
from customers.models import AuditEvent
from customers.spreadsheets import csv_lines

from ..addresses import LARGEST_ID
from ..replica import reading_database
from .activity import FilteredEventsMixin

CHUNK = 2_000


class ActivityExportView(FilteredEventsMixin, TemplateView):
    """All events of the filter as a file, written while it is read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not self.form.is_valid():
            # The list says at the field what is wrong with the filter.
            url = reverse("customers:activity-list", args=[self.customer.pk])
            return redirect(f"{url}?{request.GET.urlencode()}")
        # The viewer's zone is over when the file is written.
        zone = timezone.get_current_timezone()
        rows = _rows(self.form.apply(self.seen).using(reading_database()), zone)
        response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
        day = timezone.localdate().isoformat()
        name = f"activity-{self.customer.pk}-{day}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _rows(events: AuditEventQuerySet, zone: tzinfo) -> Iterator[list[str]]:
    yield [
        _("Time (%(zone)s)") % {"zone": zone},
        _("Person"),
        _("Action"),
        _("Kind"),
        _("Target"),
        _("Changes"),
        _("Reason or ticket"),
        _("Batch"),
    ]
    for event in _all(events):
        with timezone.override(zone):
            details = describe(event)
        yield [
            event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            event.named.actor or _("The portal"),
            action_label(event),
            event.target_type,
            event.named.target,
            "; ".join(details),
            event.reason,
            str(event.batch_id or ""),
        ]


def _all(events: AuditEventQuerySet) -> Iterator[AuditEvent]:
    """Newest first, a chunk at a time: the log may be longer than the memory."""
    newest, before = events.newest_first(), LARGEST_ID
    while chunk := list(newest.filter(pk__lt=before)[:CHUNK]):
        yield from chunk
        before = chunk[-1].pk
