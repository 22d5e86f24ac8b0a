"""The activity log as a file."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from customers.formats import exact
from customers.forms.activity import DaysForm
from customers.log.events import AuditEventQuerySet
from customers.log.history import action_label, describe
from customers.models import AuditEvent, Customer
from customers.roles import Capability
from customers.services.exports import record_export
from customers.tenancy import RoleMixin
from customers.views.downloads import csv_download, file_name

from ..forms.reason import LABEL as REASON_LABEL
from ..query_params import LARGEST_ID
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
        events = self.form.apply(self.seen).using(reading_database())
        return _file(events, self.customer)


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
            "customers": Customer.objects.visible_to(actor).count(),
            "with_team": actor.can(Capability.MANAGE_TEAM),
        }


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
    rows = _rows(events, timezone.get_current_timezone(), of_all=customer is None)
    return csv_download(rows, file_name("activity", customer))


def _rows(events: AuditEventQuerySet, zone: tzinfo, *, of_all: bool) -> Iterator[list[str]]:
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
        before = chunk[-1].pk
        for event in chunk:
            with timezone.override(zone):
                details, at = describe(event), exact(event.at)
            yield [
                at,
                # What concerns the team is no customer's.
                *([event.customer.name if event.customer else ""] if of_all else []),
                event.named.actor or _("The portal"),
                action_label(event),
                event.target_type,
                event.named.target,
                "; ".join(details),
                event.reason,
                str(event.batch_id or ""),
            ]
