"""Mailing reports over real SMTP: once to each, as each may see it, and tried again."""

from datetime import timedelta
from email.message import EmailMessage
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users
from automation.models import (
    MailState,
    ReportForm,
    ReportKind,
    ReportMail,
    ScheduledReport,
    SentTo,
)
from automation.services.reports import deliver_report, files, forget_report_mails, remove_report
from automation.services.reports.mailing import ReportSender
from tests.accounts.verbs import subscribe
from tests.factories import ReportMailFactory, ScheduledReportFactory
from tests.support.cast import Cast, make_cast
from tests.support.log import log
from tests.support.servers import MailServer
from tests.support.threads import together


def report_to(cast: Cast, *readers: User | None, **more: object) -> ScheduledReport:
    facts = {"partner": cast.fabrikam, "by": cast.alice}
    report: ScheduledReport = ScheduledReportFactory.create(**facts | more)
    today = timezone.localdate()
    # It may be yesterday still by the clock of who reads it.
    days = {"since": today - timedelta(days=1), "until": today}
    for reader in readers:
        ReportMailFactory.create(report=report, reader=reader, **days)
    return report


def states() -> list[tuple[str, str]]:
    return [(row.state, row.reason) for row in ReportMail.objects.order_by("pk")]


def attachment(message: EmailMessage) -> str:
    [part] = message.iter_attachments()
    return str(part.get_content())


def test_a_link_goes_to_each_reader_once(cast: Cast, mailbox: list[EmailMessage]) -> None:
    report = report_to(cast, cast.bob, cast.sally)
    assert deliver_report(report.pk) == 2
    assert deliver_report(report.pk) == 0
    assert sorted(mail["To"] for mail in mailbox) == [cast.bob.user_name, cast.sally.user_name]
    assert mailbox[0]["Subject"] == "Fabrikam: Month report"
    text = mailbox[0].get_content()
    assert "/customers/report/" in text
    assert "You are asked to sign in" in text
    assert [line.action for line in log()] == ["report.sent"] * 2


def test_a_report_that_is_removed_while_it_is_sent_is_logged_as_sent(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_to(cast, cast.bob, cast.sally)
    made = ReportSender.message

    def message(sender: ReportSender, row: ReportMail) -> object:
        found = made(sender, row)
        remove_report(report, actor=cast.alice)
        return found

    monkeypatch.setattr(ReportSender, "message", message)
    assert deliver_report(report.pk) == len(mailbox) == 1
    assert [line.action for line in log()] == ["report.removed", "report.sent"]


def test_a_file_has_what_its_reader_sees_and_no_more(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    subscribe(cast, "Teams", cast.uma)
    report = report_to(cast, cast.alice, cast.bob, form=ReportForm.FILE)
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    assert deliver_report(report.pk) == 2
    files_of = {mail["To"]: attachment(mail) for mail in mailbox}
    assert "Contoso" in files_of[cast.alice.user_name]
    assert "Contoso" not in files_of[cast.bob.user_name]
    assert all("Primary domain" in text for text in files_of.values())


def test_activity_of_a_customer_goes_to_the_contact_for_its_days(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    facts = {"customer": cast.contoso, "kind": ReportKind.ACTIVITY, "to": SentTo.CONTACT}
    report = report_to(cast, None, form=ReportForm.FILE, **facts)
    assert deliver_report(report.pk) == 1
    assert mailbox[0]["To"] == cast.contoso.contact_email
    assert "Sign-in blocked" in attachment(mailbox[0])
    ReportMail.objects.update(state=MailState.WAITING, since="2020-01-01", until="2020-01-31")
    deliver_report(report.pk)
    assert "Sign-in blocked" not in attachment(mailbox[1])


def test_who_may_not_see_it_any_more_gets_none(cast: Cast, mailbox: list[EmailMessage]) -> None:
    report = report_to(cast, cast.bob, cast.sally)
    User.objects.get(pk=cast.bob.pk).groups.clear()
    assert deliver_report(report.pk) == 1
    assert states()[0] == ("failed", "The role of this user does not include the report.")
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=timezone.now())
    ReportMail.objects.update(state=MailState.WAITING)
    assert deliver_report(report.pk) == 0
    assert len(mailbox) == 1


def test_what_a_server_puts_off_is_tried_again_and_what_it_refuses_is_not(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals[cast.bob.user_name] = ["450 4.2.0 Greylisted"]
    mail_server.refusals[cast.sally.user_name] = ["550 5.1.1 No such mailbox"]
    report = report_to(cast, cast.bob, cast.sally)
    assert deliver_report(report.pk) == 0
    assert [state for state, _why in states()] == ["waiting", "failed"]
    ReportMail.objects.filter(state=MailState.WAITING).update(waiting_since=timezone.now())
    assert deliver_report(report.pk) == 1
    assert [mail["To"] for mail in mailbox] == [cast.bob.user_name]


def test_a_file_that_no_mail_can_carry_is_left_to_the_link(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    report = report_to(cast, cast.alice, form=ReportForm.FILE)
    assert deliver_report(report.pk) == 1
    assert "The file is too large for an email. Open the report here." in mailbox[0].get_content()
    to_contact = report_to(
        cast, None, form=ReportForm.FILE, customer=cast.contoso, to=SentTo.CONTACT
    )
    assert deliver_report(to_contact.pk) == 0
    assert "too large" in states()[-1][1]


def test_without_an_address_it_says_so(cast: Cast) -> None:
    type(cast.contoso).objects.update(contact_email="")
    report = report_to(cast, None, customer=cast.contoso, to=SentTo.CONTACT)
    assert deliver_report(report.pk) == 0
    assert states() == [("failed", "There is no email address.")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_mails(transactional_db: None, mailbox: list[EmailMessage]) -> None:
    cast = make_cast()
    report = report_to(cast, cast.alice, cast.bob, cast.sally)
    assert sum(together(*[partial(deliver_report, report.pk)] * 2)) == 3
    assert len(mailbox) == 3


def test_the_record_of_old_mails_goes_and_what_waits_stays(cast: Cast) -> None:
    report = report_to(cast)
    old = timezone.now() - timedelta(days=91)
    for state in MailState:
        ReportMailFactory.create(report=report, period=state, state=state, created_at=old)
    assert forget_report_mails() == 2
    assert {row.state for row in ReportMail.objects.all()} == {"waiting", "sending"}
