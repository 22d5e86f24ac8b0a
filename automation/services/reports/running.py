"""Beginning reports on their day: once a period, whoever else is at it or has died at it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.sending import give_up_lost
from customers.actions import Action
from customers.said import gettext as _
from customers.said import words_of
from customers.services import audit
from customers.services.transactions import transactional

from ...models import MailState, NoticeKind, ReportMail, ScheduledReport, SentTo
from ..one_by_one import one_by_one
from ..telling import tell
from .days import ONE, day_after, days_of, is_due
from .queue import send_report


def run_due_reports(now: datetime | None = None) -> int:
    """Begin what is due, give up mails whose worker died, and send for workers; return how many
    reports were begun.
    """
    now = now or timezone.now()
    give_up_lost(ReportMail, now)
    # By some clock it may be the next day already.
    near = ScheduledReport.objects.filter(paused_at=None, next_on__lte=now.date() + ONE)
    keys = list(near.order_by("pk").values_list("pk", flat=True))
    try:
        return one_by_one("report_not_begun", keys, lambda pk: _begin(pk, now))
    finally:
        waiting = ReportMail.objects.filter(state=MailState.WAITING, waiting_since__lte=now)
        for pk in waiting.order_by("report").values_list("report", flat=True).distinct():
            send_report(pk)


@transactional
def _begin(pk: int, now: datetime) -> bool:
    """Begin one report, if it is due and nobody else is at it. Of periods that were missed, the
    last one alone goes out.
    """
    rows = ScheduledReport.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = rows.select_related("partner", "customer", "by").filter(pk=pk, paused_at=None)
    report = found.first()
    if report is None or not is_due(report, report.next_on, now):
        return False
    on, following = report.next_on, day_after(report.rhythm, report.day, report.next_on)
    while is_due(report, following, now):
        on, following = following, day_after(report.rhythm, report.day, following)
    report.next_on = following
    why = hindrance(report)
    if why:
        _pause(report, why, now)
        return False
    report.save(update_fields=["next_on"])
    make_mails(report, on.isoformat(), days_of(report, on))
    return True


def make_mails(report: ScheduledReport, period: str, days: tuple[date, date]) -> int:
    """Write down the mails of a period; return how many there are. Those there already stay."""
    readers: Sequence[int | None] = [None]
    if report.to == SentTo.STAFF:
        readers = sorted(report.readers.values_list("pk", flat=True))
    since, until = days
    same = {"report": report, "partner": report.partner, "period": period}
    mails = [ReportMail(reader_id=pk, since=since, until=until, **same) for pk in readers]
    ReportMail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)


def hindrance(report: ScheduledReport) -> str:
    """Return why a report can't be made with the rights of who saved it; "" where it can."""
    by = User.objects.with_roles().filter(pk=report.by_id or 0).first()
    if by is None or not by.is_active:
        return _("The member of the team who saved it is gone. Save it again to take it over.")
    is_open = report.customer is None or report.customer.is_open_to(by)
    if not by.can(report.capability) or not is_open or by.partner_id != report.partner_id:
        return _(
            "The role of who saved it no longer includes this. Another member of the team can save"
            " it again to take it over."
        )
    return ""


def _pause(report: ScheduledReport, why: str, now: datetime) -> None:
    """Let it rest, and tell who saved it and those who look after the team."""
    report.paused_at, report.problem = now, why
    report.save(update_fields=["next_on", "paused_at", "problem", "problem_said"])
    entry = audit.Entry(Action.REPORT_CHANGED, report, {"state": "paused"})
    audit.record([entry], actor=None, customer=report.customer, partner=report.partner)
    admins = User.objects.team_admins().filter(partner=report.partner)
    saved_it = User.objects.filter(pk=report.by_id or 0, partner=report.partner)
    told = {user.pk: user for user in (*admins, *saved_it)}
    tell(
        NoticeKind.REPORT,
        list(told.values()),
        subject_key=f"report {report.pk} {report.version}",
        customer=report.customer,
        facts={"report": str(report.kind), "problem": why, "problem_said": words_of(why)},
        url=reverse("automation:report-change", args=[report.pk]),
        now=now,
    )
