"""The activity of all customers at once: as a list, and as a file of what the list shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from customers.forms.activity import DAYS_LOOKED_THROUGH, AllActivityFilterForm
from customers.models import AuditEvent
from customers.roles import Capability, Reach
from customers.services.exports import record_export
from customers.tenancy import RoleMixin

from ..replica import reading_database
from .activity import batch_lines, lines
from .activity_export import activity_file
from .lists import address
from .place import page_by_id

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuickRange:
    """Days to choose at one click; `is_current` where the address asks for these."""

    label: str
    url: str
    is_current: bool


class AllActivityMixin(RoleMixin):
    """The log of all customers that one sees; `self.form` is what the address asks for."""

    capability = Capability.SEE_ACTIVITY

    def scope(self, **kwargs: Any) -> None:
        actor = self.request.user
        self.form = AllActivityFilterForm(self.request.GET, actor=actor)
        seen = AuditEvent.objects.of_all(actor).seen_by(actor)
        # What a filter that is wrong would find, was not asked for.
        self.seen = seen if self.form.is_valid() else seen.none()


class AllActivityView(AllActivityMixin, TemplateView):
    """A line a batch and a line for other events, the newest first.

    A customer's own administrator is led to the log of that customer instead.
    """

    template_name = "customers/activity_all.html"
    extra_context = {"section": "customers"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if own := self.request.user.customer_id:
            return redirect("customers:activity-list", own)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        events = batch_lines(self.form, self.seen).with_batch()
        rows, pager = page_by_id(
            self.request,
            events.select_related("names", "customer"),
            moment="at",
            seen=self.seen,
        )
        here = {"before": None, "after": None}
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "ranges": quick_ranges(timezone.localdate(), self.request.GET),
            "lines": lines(None, rows, self.form.event_query()),
            "pager": pager,
            "looked_through": DAYS_LOOKED_THROUGH if self.form.has_own_beginning else None,
            "own_only": actor.reach(Capability.SEE_ACTIVITY) == Reach.LIMITED,
            "with_team": actor.can(Capability.MANAGE_TEAM),
            "may_export": actor.can(Capability.EXPORT_ACTIVITY),
            "clear_url": address(self.request, **dict.fromkeys(self.form.fields), **here),
            "export_query": address(self.request, **here).partition("?")[2],
        }


def quick_ranges(today: date, query: Mapping[str, str]) -> list[QuickRange]:
    """Return the days that are asked for most, in the viewer's zone, beside the other filters."""
    this_month = today.replace(day=1)
    before_it = this_month - ONE_DAY
    days = {
        _("Today"): (today, today),
        _("Yesterday"): (today - ONE_DAY, today - ONE_DAY),
        _("7 days"): (today - timedelta(days=6), today),
        _("30 days"): (today - timedelta(days=29), today),
        _("This month"): (this_month, today),
        _("Last month"): (before_it.replace(day=1), before_it),
    }
    kept = {
        name: value
        for name in AllActivityFilterForm.base_fields
        if (value := query.get(name)) and name not in {"since", "until"}
    }
    asked = (query.get("since", ""), query.get("until", ""))
    found = []
    for label, (first, last) in days.items():
        since, until = first.isoformat(), last.isoformat()
        url = f"?{urlencode(kept | {'since': since, 'until': until})}"
        found.append(QuickRange(label, url, asked == (since, until)))
    return found


class AllActivityExportView(AllActivityMixin, View):
    """What the list's filter finds, as a file: each event, and not a line a batch."""

    capability = Capability.EXPORT_ACTIVITY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            # The list says at the field what is wrong with the filter.
            return redirect(f"{reverse('customers:activity-all')}?{request.GET.urlencode()}")
        events = self.form.apply(self.seen).using(reading_database())
        actor = self.request.user
        record_export(AuditEvent._meta.label_lower, events.count(), "csv", actor=actor)
        return activity_file(events.select_related("customer"), None)
