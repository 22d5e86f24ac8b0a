"""Mails of a report, as each of its readers may see it on the day."""

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from accounts.services.mail import own_address
from accounts.services.mail_answers import Setback
from accounts.services.sending import NO_ADDRESS, NotSent, Sender, pause
from accounts.signin.languages import home_language, language_in
from customers.actions import Action
from customers.branding.letterhead import email
from customers.said import columns_of
from customers.said import gettext as _
from customers.services import audit
from customers.services.transactions import transactional

from ...models import MailState, ReportForm, ReportMail
from ...models.reports import REASON_LENGTH
from .files import TooLarge, report_file, report_url
from .running import hindrance

# A server that takes nothing for a day is given up until the next period.
MOST_TRIES = 24
KEPT = timedelta(days=90)


def deliver_report(report_id: int) -> int:
    """Send what waits of a report; return how many were sent. Two workers share the mails."""
    return ReportSender(report_id).run()


class ReportSender(Sender[ReportMail]):
    """The mails of one report."""

    def __init__(self, report_id: int) -> None:
        super().__init__()
        self.report_id = report_id

    def due(self) -> QuerySet[ReportMail]:
        rows = ReportMail.objects.due().filter(report=self.report_id).order_by("pk")
        return rows.select_related("report__partner", "report__customer", "report__by")

    def message(self, row: ReportMail) -> EmailMessage:
        """Return one mail as its reader may see it, or the contact's as who answers for it may."""
        viewer, address = reader_of(row)
        contact = str(row.report.customer.country) if row.report.customer else ""
        own = home_language(viewer) if row.reader_id else language_in(contact)
        with translation.override(own):
            return self.written(row, viewer, address)

    def written(self, row: ReportMail, viewer: User, address: str) -> EmailMessage:
        report = row.report
        attached, is_too_large = None, False
        if report.form == ReportForm.FILE:
            try:
                attached = report_file(row, viewer)
            except TooLarge:
                is_too_large = True
                if row.reader_id is None:
                    text = _("The file is too large for an email. Choose a link instead.")
                    raise NotSent(text) from None
        context = {
            "report": report,
            "mail": row,
            "url": report_url(report, row),
            "is_attached": attached is not None,
            "is_too_large": is_too_large,
        }
        about = report.customer.name if report.customer else report.partner.name
        message = email(
            report.partner,
            subject=f"{about}: {report.get_kind_display()}",
            body=render_to_string("automation/mail/report.txt", context),
            to=address,
        )
        if attached:
            message.attach(*attached, "text/csv")
        return message

    def put_off(self, row: ReportMail, why: Setback) -> None:
        if not why.again or row.tries >= MOST_TRIES:
            self.settle(row, MailState.FAILED, why.reason)
            return
        ReportMail.objects.filter(pk=row.pk).update(
            state=MailState.WAITING,
            tries=F("tries") + 1,
            waiting_since=self.now + pause(row.tries),
            claimed_at=None,
            **columns_of("reason", why.reason, REASON_LENGTH),
        )

    @transactional
    def settle(self, row: ReportMail, state: str, reason: str) -> None:
        """Note what became of it; the log knows what has left the portal, and with whose rights."""
        is_sent = state == MailState.SENT
        # It is gone where the report was removed meanwhile.
        told = columns_of("reason", reason, REASON_LENGTH)
        ReportMail.objects.filter(pk=row.pk).update(
            state=state, **told, sent_at=self.now if is_sent else None
        )
        if is_sent:
            report = row.report
            changes = {
                "to": str(report.to),
                "file": "csv" if report.form == ReportForm.FILE else "",
            }
            entry = audit.Entry(Action.REPORT_SENT, report, changes)
            at: dict[str, Any] = {"customer": report.customer, "partner": report.partner}
            audit.record([entry], actor=report.by, **at)


def reader_of(mail: ReportMail) -> tuple[User, str]:
    """Return with whose eyes the report is made, and where it goes. Raise NotSent."""
    report = mail.report
    if why := hindrance(report):
        raise NotSent(why)
    viewer = User.objects.with_roles().get(pk=mail.reader_id or report.by_id or 0)
    if mail.reader_id is None:
        address = report.customer.contact_email if report.customer else ""
    else:
        is_open = report.customer is None or report.customer.is_open_to(viewer)
        if not (viewer.is_active and viewer.can(report.capability) and is_open):
            raise NotSent(_("The role of this user does not include the report."))
        address = own_address(viewer)
    if not address:
        raise NotSent(str(NO_ADDRESS))
    return viewer, address


def forget_report_mails(now: datetime | None = None) -> int:
    """Delete the record of mails of three months ago; return how many."""
    old = ReportMail.objects.filter(created_at__lt=(now or timezone.now()) - KEPT)
    return old.exclude(state__in=[MailState.WAITING, MailState.SENDING]).delete()[0]
