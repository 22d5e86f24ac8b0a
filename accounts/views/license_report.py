"""The month report: licensed users of all customers on one page and in one file."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView

from customers.models import Customer, CustomerQuerySet
from customers.replica import reading_database
from customers.roles import Capability
from customers.services.exports import record_export
from customers.tenancy import RoleMixin
from customers.views.downloads import csv_download, file_name
from customers.views.lists import page_links
from licensing.models import Subscription

from ..queries.license_report import licensed, licensed_cells, licensed_rows, licensed_total

# As many as are printed at once.
PAGE = 500


class ReportMixin(RoleMixin):
    """A report of the visible customers: staff the partner's, an administrator the own one."""

    capability = Capability.SEE_SUBSCRIPTIONS

    def customers(self) -> CustomerQuerySet:
        return Customer.objects.visible_to(self.request.user)


class LicenseReportView(ReportMixin, TemplateView):
    template_name = "accounts/license_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customers = self.customers()
        found = Paginator(licensed(customers), PAGE)
        page = found.get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "rows": licensed_rows(page.object_list),
            "total": licensed_total(customers),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "now": timezone.now(),
            "section": "customers",
        }


class LicenseReportExportView(ReportMixin, View):
    """All of the report as one file, written while it is read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = self.request.user
        subscriptions = licensed(self.customers()).using(reading_database())
        name = Subscription._meta.label_lower
        record_export(name, subscriptions.count(), "csv", actor=actor, customer=actor.customer)
        name = file_name("licensed-users", actor.customer)
        return csv_download(licensed_cells(subscriptions, timezone.now()), name)
