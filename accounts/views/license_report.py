"""The month report: licensed users of all customers on one page and in one file."""

from itertools import chain, islice
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from customers.formats import exact
from customers.models import Customer, CustomerQuerySet
from customers.replica import reading_database
from customers.roles import Capability
from customers.services.exports import record_export
from customers.tenancy import RoleMixin
from customers.views.downloads import csv_download, file_name
from customers.views.lists import page_links
from licensing.models import Subscription

from ..queries.license_report import licensed, licensed_rows, licensed_total

# As many as are printed at once.
PAGE = 500
CHUNK = 2_000


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
        headings = [
            *(_("Customer"), _("Primary domain"), _("Product"), _("SKU"), _("Status")),
            *(_("Seats bought"), _("Assigned"), _("Assigned to blocked users"), _("As of")),
        ]
        as_of = exact(timezone.now())
        found = subscriptions.iterator(chunk_size=CHUNK)
        cells = (
            [
                *(held.customer.name, row.domain, held.product.name, held.product.sku),
                *(str(held.get_status_display()), str(held.quantity), str(held.assigned)),
                *(str(row.blocked), as_of),
            ]
            for chunk in iter(lambda: list(islice(found, CHUNK)), [])
            for row in licensed_rows(chunk)
            for held in [row.subscription]
        )
        name = file_name("licensed-users", actor.customer)
        return csv_download(chain([headings], cells), name)
