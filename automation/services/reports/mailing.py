"""Mails of a report: a row each, claimed before it is sent, and never sent twice."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.mail import NO_ADDRESS, PAUSES, own_address
from accounts.services.mail_answers import setback
from customers.actions import Action
from customers.services import audit
from customers.services.transactions import transactional

from ...models import MailState, ReportForm, ReportMail
from ...models.reports import REASON_LENGTH
from .files import TooLarge, report_file, report_url
from .running import hindrance

logger = structlog.get_logger(__name__)

# A server that takes nothing for a day is given up until the next period.
MOST_TRIES = 24
KEPT = timedelta(days=90)


def deliver_report(report_id: int) -> int:
    """Send what waits of a report; return how many were sent. Two workers share the mails."""
    sent = 0
    with contextlib.closing(get_connection()) as connection:
        while (mail := _claim(report_id)) is not None:
            sent += _send(mail, connection)
    return sent


@transactional
def _claim(report_id: int) -> ReportMail | None:
    rows = ReportMail.objects.due().filter(report=report_id)
    locked = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("pk")
    mail = locked.select_related("report__partner", "report__customer", "report__by").first()
    if mail is not None:
        mail.state, mail.claimed_at = MailState.SENDING, timezone.now()
        mail.save(update_fields=["state", "claimed_at"])
    return mail


def _send(mail: ReportMail, connection: Any) -> int:
    """Send one mail as its reader may see it, or the contact's as who answers for it may."""
    try:
        message = _message(mail, connection)
    except _NotSent as why:
        return _settle(mail, MailState.FAILED, str(why))
    try:
        message.send()
    except (OSError, ValueError) as error:
        # smtplib's errors are OSErrors, an address that can't be written is a ValueError.
        connection.close()
        why_not = setback(error)
        logger.warning("report_not_sent", mail=mail.pk, reason=why_not.reason)
        if why_not.again and mail.tries < MOST_TRIES:
            return _put_off(mail, why_not.reason)
        return _settle(mail, MailState.FAILED, why_not.reason)
    return _settle(mail, MailState.SENT, "")


class _NotSent(Exception):
    """Why no mail is made at all, in a sentence."""


def _message(mail: ReportMail, connection: Any) -> EmailMessage:
    report = mail.report
    viewer, address = _reader_of(mail)
    attached, is_too_large = None, False
    if report.form == ReportForm.FILE:
        try:
            attached = report_file(mail, viewer)
        except TooLarge:
            is_too_large = True
            if mail.reader_id is None:
                text = _("The file is too large for an email. Choose a link instead.")
                raise _NotSent(text) from None
    context = {
        "report": report,
        "mail": mail,
        "url": report_url(report, mail),
        "is_attached": attached is not None,
        "is_too_large": is_too_large,
    }
    about = report.customer.name if report.customer else report.partner.name
    message = EmailMessage(
        # A line break can't be in a header.
        subject=" ".join(f"{about}: {report.get_kind_display()}".split()),
        body=render_to_string("automation/mail/report.txt", context),
        to=[address],
        connection=connection,
    )
    if attached:
        message.attach(*attached, "text/csv")
    return message


def _reader_of(mail: ReportMail) -> tuple[User, str]:
    """Return with whose eyes the report is made, and where it goes. Raise _NotSent."""
    report = mail.report
    if why := hindrance(report):
        raise _NotSent(why)
    viewer = User.objects.with_roles().get(pk=mail.reader_id or report.by_id or 0)
    if mail.reader_id is None:
        address = report.customer.contact_email if report.customer else ""
    else:
        is_open = report.customer is None or report.customer.is_open_to(viewer)
        if not (viewer.is_active and viewer.can(report.capability) and is_open):
            raise _NotSent(_("The role of this user does not include the report."))
        address = own_address(viewer)
    if not address:
        raise _NotSent(str(NO_ADDRESS))
    return viewer, address


def _put_off(mail: ReportMail, reason: str) -> int:
    then = timezone.now() + timedelta(minutes=PAUSES[min(mail.tries, len(PAUSES) - 1)])
    ReportMail.objects.filter(pk=mail.pk).update(
        state=MailState.WAITING,
        tries=F("tries") + 1,
        waiting_since=then,
        claimed_at=None,
        reason=reason[:REASON_LENGTH],
    )
    return 0


@transactional
def _settle(mail: ReportMail, state: MailState, reason: str) -> int:
    """Note what became of it; the log knows what has left the portal, and with whose rights."""
    is_sent = state == MailState.SENT
    mail.state, mail.reason = state, reason[:REASON_LENGTH]
    mail.sent_at = timezone.now() if is_sent else None
    mail.save(update_fields=["state", "reason", "sent_at"])
    if is_sent:
        report = mail.report
        changes = {
            "to": str(report.to),
            "file": "csv" if report.form == ReportForm.FILE else "",
        }
        entry = audit.Entry(Action.REPORT_SENT, report, changes)
        at: dict[str, Any] = {"customer": report.customer, "partner": report.partner}
        audit.record([entry], actor=report.by, **at)
    return int(is_sent)


def forget_report_mails(now: datetime | None = None) -> int:
    """Delete the record of mails of three months ago; return how many."""
    old = ReportMail.objects.filter(created_at__lt=(now or timezone.now()) - KEPT)
    return old.exclude(state__in=[MailState.WAITING, MailState.SENDING]).delete()[0]
