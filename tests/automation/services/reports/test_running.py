"""Beginning reports: once a period, whoever is at it; and never with rights that were lost."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from accounts.models import User
from accounts.services.sending import GIVE_UP
from automation.models import MailState, Notice, NoticeKind, ReportMail, ScheduledReport
from automation.services.reports import run_due_reports
from tests.factories import ReportMailFactory, ScheduledReportFactory
from tests.support.cast import Cast, make_cast
from tests.support.log import log
from tests.support.threads import together

DAY = date(2027, 2, 1)
MORNING = datetime(2027, 2, 1, 16, tzinfo=UTC)


def due(cast: Cast, **more: object) -> ScheduledReport:
    facts = {"partner": cast.fabrikam, "by": cast.alice, "people": [cast.bob, cast.sally]}
    report: ScheduledReport = ScheduledReportFactory.create(**facts | more)
    return report


def mails() -> list[tuple[str, str]]:
    rows = ReportMail.objects.order_by("pk")
    return [(row.period, row.reader.display_name if row.reader else "") for row in rows]


def test_on_its_day_each_reader_has_a_mail_and_the_next_day_is_known(cast: Cast) -> None:
    report = due(cast)
    assert run_due_reports(MORNING - timedelta(days=1)) == 0
    assert run_due_reports(MORNING) == 1
    assert run_due_reports(MORNING) == 0
    assert mails() == [("2027-02-01", "Bob"), ("2027-02-01", "Sally")]
    report.refresh_from_db()
    assert report.next_on == date(2027, 3, 1)


def test_of_periods_that_were_missed_the_last_one_goes_out(cast: Cast) -> None:
    report = due(cast)
    assert run_due_reports(MORNING + timedelta(days=70)) == 1
    assert {period for period, _reader in mails()} == {"2027-04-01"}
    report.refresh_from_db()
    assert report.next_on == date(2027, 5, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_begin_once(transactional_db: None) -> None:
    cast = make_cast()
    due(cast)
    begun = together(*[partial(run_due_reports, MORNING)] * 3)
    assert sorted(begun) == [0, 0, 1]
    assert len(mails()) == 2


def test_without_the_rights_of_who_saved_it_it_rests_and_is_told_once(cast: Cast) -> None:
    report = due(cast, by=cast.sally)
    User.objects.get(pk=cast.sally.pk).groups.clear()
    assert run_due_reports(MORNING) == 0
    report.refresh_from_db()
    assert report.paused_at == MORNING
    assert "no longer includes this" in report.problem
    assert not mails()
    told = Notice.objects.filter(kind=NoticeKind.REPORT)
    assert {row.user for row in told} == {cast.alice, cast.sally}
    assert log()[-1].action == "report.changed"
    assert run_due_reports(MORNING + timedelta(days=40)) == 0
    assert told.count() == 2


def test_one_whose_maker_is_gone_rests_too(cast: Cast) -> None:
    report = due(cast, by=None)
    assert run_due_reports(MORNING) == 0
    report.refresh_from_db()
    assert "is gone" in report.problem


def test_a_customer_that_is_no_longer_open_to_them_is_no_longer_reported(cast: Cast) -> None:
    report = due(cast, by=cast.bob, customer=cast.contoso)
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    assert run_due_reports(MORNING) == 0
    report.refresh_from_db()
    assert report.paused_at


def test_a_mail_whose_worker_died_is_given_up(cast: Cast) -> None:
    mail = ReportMailFactory.create(
        report=due(cast), reader=cast.bob, state=MailState.SENDING, claimed_at=MORNING
    )
    run_due_reports(MORNING + GIVE_UP - timedelta(seconds=1))
    mail.refresh_from_db()
    assert mail.state == MailState.SENDING
    run_due_reports(MORNING + GIVE_UP + timedelta(seconds=1))
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    assert "may have arrived" in mail.reason


def test_blocked_users_are_none_of_those_who_answer_for_a_report(cast: Cast) -> None:
    due(cast, by=cast.sally)
    User.objects.filter(pk=cast.sally.pk).update(blocked_at=MORNING)
    assert run_due_reports(MORNING) == 0
