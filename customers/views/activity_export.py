"""The activity log as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from customers.log.cells import activity_cells
from customers.log.events import AuditEventQuerySet
from customers.models import Customer
from customers.views.downloads import csv_download, file_name

from ..replica import reading_database
from .activity import FilteredEventsMixin


class ActivityExportView(FilteredEventsMixin, TemplateView):
    """All events of the filter as a file, written while it is read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not self.form.is_valid():
            # The list says at the field what is wrong with the filter.
            url = reverse("customers:activity-list", args=[self.customer.pk])
            return redirect(f"{url}?{request.GET.urlencode()}")
        events = self.form.apply(self.seen).using(reading_database())
        return activity_file(events, self.customer)


def activity_file(events: AuditEventQuerySet, customer: Customer | None) -> StreamingHttpResponse:
    # The viewer's zone is over when the file is written.
    rows = activity_cells(events, timezone.get_current_timezone(), of_all=customer is None)
    return csv_download(rows, file_name("activity", customer))
