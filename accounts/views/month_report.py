"""Reports: a month of all customers, or of one, on a page and in a file."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views import View
from django.views.generic import TemplateView

from customers.models import Customer, CustomerQuerySet
from customers.query_params import read_number
from customers.replica import reading_database
from customers.roles import Capability
from customers.services.exports import record_export
from customers.spreadsheet_files import safe_cell, xlsx_file
from customers.tenancy import RoleMixin
from customers.views.downloads import csv_download, file_name
from customers.views.lists import address, page_links
from licensing.models import Subscription

from ..queries.reports.cells import month_cells
from ..queries.reports.clocks import month_before
from ..queries.reports.months import MonthReport, known_since, months_between
from .export import CSV, XLSX, XLSX_TYPE

# Customers of a page, with all that they have.
PAGE = 100
# What the address calls a month by.
MONTH_FORM = "%Y-%m"


class ReportMixin(RoleMixin):
    """A report of the visible customers: staff the partner's, an administrator the own one.

    `?customer=` has one alone, `?month=` such as 2026-11 another month than the last whole one.
    """

    capability = Capability.SEE_SUBSCRIPTIONS
    customer: Customer | None = None

    def scope(self, **kwargs: Any) -> None:
        told = self.request.GET.get("customer")
        if told:
            seen = Customer.objects.visible_to(self.request.user)
            self.customer = get_object_or_404(seen, pk=read_number(told) or 0)

    @cached_property
    def visible(self) -> CustomerQuerySet:
        found = Customer.objects.visible_to(self.request.user)
        return found.filter(pk=self.customer.pk) if self.customer else found

    @cached_property
    def since(self) -> date | None:
        return known_since(self.visible)

    @cached_property
    def months(self) -> list[date]:
        """The months that there are, the current one first, which is always there."""
        today = timezone.localdate()
        return months_between(min(self.since or today, today), today)

    def month(self) -> date:
        told = self.request.GET.get("month")
        if told is None:
            # What is reported on is the month that is over.
            return self.months[min(1, len(self.months) - 1)]
        try:
            found = datetime.strptime(told, MONTH_FORM).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise Http404 from None
        if found.strftime(MONTH_FORM) != told or found > self.months[0]:
            raise Http404
        return found

    def report(self, using: str | None = None) -> MonthReport:
        visible = self.visible if using is None else self.visible.using(using)
        return MonthReport(visible, self.month(), timezone.localdate(), using)


class MonthReportView(ReportMixin, TemplateView):
    template_name = "accounts/month_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report()
        found = Paginator(report.customers(), PAGE)
        page = found.get_page(self.request.GET.get("page"))
        products = report.products()
        offered = dict.fromkeys((*self.months, report.month))
        months = [(month.strftime(MONTH_FORM), month_name(month)) for month in offered]
        return super().get_context_data(**kwargs) | {
            "report": report,
            "month": report.month.strftime(MONTH_FORM),
            "month_name": month_name(report.month),
            "months": months,
            "earlier": self._link(month_before(report.month)),
            "later": next(
                (self._link(month) for month in self.months[::-1] if month > report.month), ""
            ),
            "since": self.since,
            "groups": report.groups(list(page.object_list)),
            "products": products,
            "total": report.total(products),
            "users": report.users(),
            "shows_costs": any(row.costs for row in products),
            "customer": self.customer,
            "only": self.customer or self.request.user.customer,
            "export_urls": self._export_urls(report.month),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "now": timezone.now(),
            "section": "customers",
        }

    def _link(self, month: date) -> str:
        if month not in self.months:
            return ""
        return address(self.request, month=month.strftime(MONTH_FORM), page=None)

    def _export_urls(self, month: date) -> dict[str, str]:
        """Return the address of each kind of file, for export_menu.html."""
        query = self.request.GET.copy()
        query.pop("page", None)
        query["month"] = month.strftime(MONTH_FORM)
        url, found = reverse("accounts:month-report-export"), {}
        for kind in (CSV, XLSX):
            query["format"] = kind
            found[kind] = f"{url}?{query.urlencode()}"
        return found


class MonthReportExportView(ReportMixin, View):
    """All of the report as one file, which says its month."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("format", CSV)
        if kind not in (CSV, XLSX):
            raise Http404
        report, actor = self.report(reading_database()), self.request.user
        name, customer = Subscription._meta.label_lower, self.customer or actor.customer
        count = report.seats(report.visible).count()
        record_export(name, count, kind, actor=actor, customer=customer)
        rows = month_cells(report, timezone.now())
        name = file_name(f"report-{report.month.strftime(MONTH_FORM)}", customer, ending=kind)
        if kind == XLSX:
            return FileResponse(
                xlsx_file(rows), as_attachment=True, filename=name, content_type=XLSX_TYPE
            )
        return csv_download(rows, name, safe_cell)


def month_name(month: date) -> str:
    """Return the month as a heading has it, such as November 2026."""
    return date_format(month, "YEAR_MONTH_FORMAT")
