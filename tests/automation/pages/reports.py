"""The pages of scheduled reports, on the demo's data."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from automation.models import MailState, ReportForm, ReportKind, Rhythm, SentTo
from customers.models import Customer
from customers.roles import Role
from tests.factories import (
    PartnerFactory,
    ReportMailFactory,
    ScheduledReportFactory,
    StaffFactory,
)
from tests.support.page_of import PageOf, url

REPORTS = {f"automation:report-{name}" for name in ("add", "change", "list", "remove", "send")}
# It acts and leads on.
REPORT_BUTTONS = {"automation:report-send"}


def pages_of_reports(customer: Customer, maker: User) -> list[PageOf]:
    """Of one with mails in every state, one that is paused, and of a partner without."""
    same = {"partner": customer.partner, "by": maker}
    busy = ScheduledReportFactory.create(people=[maker], **same)
    now = timezone.now()
    for number, state in enumerate(MailState):
        failed = state == MailState.FAILED
        ReportMailFactory.create(
            report=busy,
            reader=maker,
            period=f"2026-{number + 1:02}-01",
            state=state,
            sent_at=now if state == MailState.SENT else None,
            reason="The mail server refused it (550 5.1.1 No such mailbox)." if failed else "",
        )
    paused = ScheduledReportFactory.create(
        customer=customer,
        kind=ReportKind.ACTIVITY,
        rhythm=Rhythm.WEEKLY,
        to=SentTo.CONTACT,
        form=ReportForm.FILE,
        paused_at=now,
        problem="The member of the team who saved it is gone. Save it again to take it over.",
        **same,
    )
    admin = StaffFactory.create(
        partner=PartnerFactory.create(name="Alpine"),
        roles=[Role.ACCOUNT_ADMIN],
        password="six-blue-hens",
    )
    listed, change = reverse("automation:report-list"), "automation:report-change"
    this = {"report": busy.pk}
    return [
        PageOf("automation:report-list", listed),
        PageOf("automation:report-list", listed, admin.user_name, "none"),
        PageOf("automation:report-add", reverse("automation:report-add")),
        PageOf(change, url(change, this)),
        PageOf(change, url(change, {"report": paused.pk}), variant="paused"),
        PageOf("automation:report-remove", url("automation:report-remove", this)),
    ]
