"""The activity log as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from customers.forms.activity import DaysForm
from customers.log.cells import activity_cells
from customers.log.events import AuditEventQuerySet
from customers.models import AuditEvent, Customer
from customers.roles import Capability
from customers.services.exports import record_export
from customers.tenancy import RoleMixin
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
        return _file(events, self.customer)


@dataclass(frozen=True, slots=True)
class QuickRange:
    """Days to choose at one click; `is_current` where the address asks for these."""

    label: str
    url: str
    is_current: bool


class AllActivityMixin(RoleMixin):
    """The log of all customers at once; `self.form` is what the address asks for."""

    capability = Capability.EXPORT_ACTIVITY

    def scope(self, **kwargs: Any) -> None:
        self.form = DaysForm(self.request.GET)


class AllActivityView(AllActivityMixin, TemplateView):
    template_name = "customers/activity_all.html"
    extra_context = {"section": "customers"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "ranges": quick_ranges(timezone.localdate(), self.request.GET),
            "customers": Customer.objects.visible_to(actor).count(),
            "with_team": actor.can(Capability.MANAGE_TEAM),
        }


def quick_ranges(today: date, query: Mapping[str, str]) -> list[QuickRange]:
    """Return the days that are asked for most, each up to today, in the viewer's zone."""
    firsts = {
        _("Today"): today,
        _("7 days"): today - timedelta(days=6),
        _("30 days"): today - timedelta(days=29),
        _("This month"): today.replace(day=1),
    }
    asked = (query.get("since", ""), query.get("until", ""))
    days = {label: (first.isoformat(), today.isoformat()) for label, first in firsts.items()}
    return [
        QuickRange(
            label, f"?{urlencode({'since': since, 'until': until})}", asked == (since, until)
        )
        for label, (since, until) in days.items()
    ]


class AllActivityExportView(AllActivityMixin, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            return redirect(f"{reverse('customers:activity-all')}?{request.GET.urlencode()}")
        actor = self.request.user
        events = self.form.of_days(AuditEvent.objects.of_all(actor)).using(reading_database())
        record_export(AuditEvent._meta.label_lower, events.count(), "csv", actor=actor)
        return _file(events.select_related("customer"), None)


def _file(events: AuditEventQuerySet, customer: Customer | None) -> StreamingHttpResponse:
    # The viewer's zone is over when the file is written.
    rows = activity_cells(events, timezone.get_current_timezone(), of_all=customer is None)
    return csv_download(rows, file_name("activity", customer))
