"""The address of the page that has a report, for who opens it."""

from datetime import date

from automation.models import ReportKind
from automation.services.reports.files import report_url
from tests.factories import ReportMailFactory, ScheduledReportFactory
from tests.support.cast import Cast


def test_each_kind_leads_to_its_own_page_and_days(cast: Cast) -> None:
    found = []
    for kind in ReportKind:
        for customer in (None, cast.contoso):
            report = ScheduledReportFactory.create(
                partner=cast.fabrikam, kind=kind, customer=customer
            )
            mail = ReportMailFactory.create(
                report=report, since=date(2027, 1, 1), until=date(2027, 1, 31)
            )
            found.append(report_url(report, mail).split("://")[1].partition("/")[2])
    days = "?since=2027-01-01&until=2027-01-31"
    home = f"customers/{cast.contoso.pk}"
    assert found == [
        "customers/report/?month=2027-01",
        f"customers/report/?month=2027-01&customer={cast.contoso.pk}",
        f"customers/activity/{days}",
        f"{home}/activity/{days}",
    ]
