"""The pages of scheduled reports."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from automation.models import ReportMail, Rhythm, ScheduledReport
from tests.automation.forms.test_reports import SENT
from tests.factories import ReportMailFactory, ScheduledReportFactory
from tests.support.cast import Cast

LIST = reverse("automation:report-list")
ADD = reverse("automation:report-add")


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def page(report: ScheduledReport, name: str = "change") -> str:
    return reverse(f"automation:report-{name}", args=[report.pk])


def test_a_report_is_added_changed_sent_and_removed(alice: Client, cast: Cast) -> None:
    assert "No scheduled reports yet" in alice.get(LIST).text
    key = alice.get(ADD).context["form"]["key"].value()
    sent = SENT | {"readers": [cast.bob.pk], "key": key}
    for _click in range(2):
        assert alice.post(ADD, sent, follow=True).redirect_chain == [(LIST, 302)]
    report = ScheduledReport.objects.get()
    assert "Every Friday" in alice.get(LIST).text
    monthly = sent | {"rhythm": "monthly", "month_day": "31", "seen": report.version}
    assert "The report is saved." in alice.post(page(report), monthly, follow=True).text
    assert "Every month on day 31" in alice.get(LIST).text
    assert "Someone else has changed this report." in alice.post(page(report), monthly).text
    now = alice.post(page(report, "send"), {"key": "click"}, follow=True)
    assert "1 email is being sent." in now.text
    assert ReportMail.objects.get().reader == cast.bob
    assert "It will no longer be sent." in alice.get(page(report, "remove")).text
    assert "The report is removed." in alice.post(page(report, "remove"), follow=True).text
    assert not ScheduledReport.objects.exists()


def test_a_contact_without_an_address_is_said_at_the_field(alice: Client, cast: Cast) -> None:
    type(cast.contoso).objects.update(contact_email="")
    sent = SENT | {"to": "contact", "customer": cast.contoso.pk}
    assert "This customer has no contact email." in alice.post(ADD, sent).text


def test_one_that_is_paused_says_why(alice: Client, cast: Cast) -> None:
    report = ScheduledReportFactory.create(
        partner=cast.fabrikam, paused_at=timezone.now(), problem="The member is gone."
    )
    found = alice.get(page(report)).text
    assert "The member is gone." in found
    assert page(report, "send") not in found
    assert "Paused" in alice.get(LIST).text
    refused = alice.post(page(report, "send"), {"key": "click"}, follow=True)
    assert "This report is paused." in refused.text


def test_reports_of_others_are_a_404(alice: Client, cast: Cast) -> None:
    theirs = ScheduledReportFactory.create(partner=cast.litware)
    for name in ("change", "remove", "send"):
        assert alice.post(page(theirs, name)).status_code == 404
    assert theirs not in [row.report for row in alice.get(LIST).context["rows"]]


def test_a_customers_administrators_have_no_part_in_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    for url in (LIST, ADD):
        assert client.get(url).status_code == 403


def test_long_lists_cost_the_queries_of_short_ones(
    alice: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def more(number: int) -> None:
        for _turn in range(number):
            report = ScheduledReportFactory.create(
                partner=cast.fabrikam, people=[cast.bob], rhythm=Rhythm.WEEKLY
            )
            ReportMailFactory.create(report=report, reader=cast.bob)

    more(1)
    with django_assert_max_num_queries(14) as few:
        alice.get(LIST)
    more(5)
    with django_assert_max_num_queries(len(few)):
        alice.get(LIST)
