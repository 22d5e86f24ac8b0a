"""The file of a report, as the download of its page makes it; and the page itself."""

from datetime import date, datetime, time
from io import BytesIO
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.queries.reports.cells import month_cells
from accounts.queries.reports.clocks import first_of
from accounts.queries.reports.months import MonthReport
from customers.log.cells import activity_cells
from customers.models import AuditEvent, Customer
from customers.spreadsheet_files import csv_lines, safe_cell
from customers.views.downloads import file_name
from customers.zones import Zone

from ...models import ReportKind, ReportMail, ScheduledReport
from .days import today_of, zone_of_report

# What mail servers take, once it is written in letters; a larger file is left to the link.
MOST_BYTES = 5 * 1024 * 1024


class TooLarge(Exception):
    """The refusal of a file that no mail can carry."""


def report_file(mail: ReportMail, viewer: User) -> tuple[str, bytes]:
    """Return the name of the file and its bytes: what this user can see, and no more.

    Raise TooLarge as soon as that is known.
    """
    report = mail.report
    zone = Zone(zone_of_report(report))
    with timezone.override(zone):
        if report.kind == ReportKind.LICENSES:
            customers = Customer.objects.visible_to(viewer)
            if report.customer_id:
                customers = customers.filter(pk=report.customer_id)
            month = month_of(mail)
            figures = MonthReport(customers, month, timezone.localdate())
            rows = month_cells(figures, timezone.now())
            name = file_name(f"report-{month:%Y-%m}", report.customer)
        else:
            events = AuditEvent.objects.of_all(viewer)
            if report.customer is not None:
                events = AuditEvent.objects.of(report.customer).seen_by(viewer)
            if mail.since and mail.until:
                first = datetime.combine(mail.since, time.min, zone)
                events = events.filter(
                    at__gte=first, at__lte=datetime.combine(mail.until, time.max, zone)
                )
            of_all = report.customer is None
            # The customer's name stands in each row.
            events = events.select_related("customer") if of_all else events
            rows = activity_cells(events, zone, of_all=of_all)
            name = file_name("activity", report.customer)
        written = BytesIO()
        for line in csv_lines(rows, safe_cell):
            written.write(line.encode())
            if written.tell() > MOST_BYTES:
                raise TooLarge
    return name, written.getvalue()


def month_of(mail: ReportMail) -> date:
    """Return the month of the last day that the mail is about, by the report's clock."""
    return first_of(mail.until or today_of(mail.report, timezone.now()))


def report_url(report: ScheduledReport, mail: ReportMail) -> str:
    """Return the address of the page that has the report, made for who opens it."""
    query = ""
    if report.kind == ReportKind.LICENSES:
        path = reverse("accounts:month-report")
        told = {"month": f"{month_of(mail):%Y-%m}"}
        if report.customer_id:
            told["customer"] = str(report.customer_id)
        query = f"?{urlencode(told)}"
    else:
        path = reverse("customers:activity-all")
        if report.customer_id:
            path = reverse("customers:activity-list", args=[report.customer_id])
        if mail.since and mail.until:
            days = {"since": mail.since.isoformat(), "until": mail.until.isoformat()}
            query = f"?{urlencode(days)}"
    return f"{settings.OIDC_ISSUER}{path}{query}"
