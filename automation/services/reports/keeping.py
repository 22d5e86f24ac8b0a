"""Which reports there are: who saves one answers for it with the own rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.mail import NO_CONTACT
from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer, Partner
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.batches import check_key, new_key, not_valid
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ...models import ReportForm, ReportKind, ReportReader, Rhythm, ScheduledReport, SentTo
from ...models.reports import LAST_DAY
from .days import days_of, next_day, today_of
from .queue import send_report
from .running import make_mails

MOST_READERS = 20
MOST_REPORTS = 50
DAY_NEEDED = gettext_lazy("Choose a day.")
STAFF_ONLY = gettext_lazy("Only staff of a partner can do this.")
# By the names that a report has for them, too.
_FACTS = ("kind", "customer", "rhythm", "day", "at", "to", "form")


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is chosen of a report; `readers` are ids of staff, none where it is the contact's."""

    kind: ReportKind
    customer: Customer | None = None
    rhythm: Rhythm = Rhythm.MONTHLY
    day: int = 1
    at: time = time(7)
    to: SentTo = SentTo.STAFF
    form: ReportForm = ReportForm.LINK
    readers: Sequence[int] = ()

    def are_of(self, report: ScheduledReport) -> bool:
        """Return whether the report sends this, to the same at that time."""
        if any(getattr(report, name) != getattr(self, name) for name in _FACTS):
            return False
        readers = ReportReader.objects.filter(report=report).values_list("user_id", flat=True)
        return self.to == SentTo.CONTACT or set(readers) == set(self.readers)


@transactional
def add_report(
    facts: ReportFacts, *, actor: User, key: str = "", now: datetime | None = None
) -> ScheduledReport:
    """Have a report go out from its next day on. A used key finds what it has added before; with
    other facts, as of a form that one has gone back to, it adds another report.
    """
    key = key or new_key()
    check_key(key)
    twin = _added_by(key, actor)
    # What a colleague has saved since may have been added with these.
    if twin is not None and (twin.version > 1 or facts.are_of(twin)):
        return twin
    report = ScheduledReport(key=new_key() if twin else key)
    _fill(report, facts, actor, now)
    _lock_reports(report)
    if ScheduledReport.objects.filter(partner=report.partner).count() >= MOST_REPORTS:
        text = _("There are %(count)s scheduled reports already. Remove one of them first.")
        raise Refused(text % {"count": MOST_REPORTS}, code="reports-too-many")
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        # The other one of two clicks was quicker, or the key was another's.
        if (twin := _added_by(key, actor)) is None:
            raise Refused(not_valid(), code="malformed") from None
        return twin
    _choose(report, facts)
    _check_twins(report, facts)
    _log(Action.REPORT_ADDED, report, actor)
    return report


def _added_by(key: str, actor: User) -> ScheduledReport | None:
    """Return the report of the actor's partner that a form with this key has added; a colleague
    may have saved it since.
    """
    return ScheduledReport.objects.filter(key=key, partner=actor.partner_id).first()


@transactional
def change_report(
    report: ScheduledReport,
    facts: ReportFacts,
    *,
    actor: User,
    seen: int | None = None,
    now: datetime | None = None,
) -> ScheduledReport:
    """Change a report; from here on the actor answers for it, and one that is paused goes on.

    Raise Refused where someone else has changed it since version `seen`.
    """
    fresh = _take(report)
    if seen is not None and seen != fresh.version:
        raise Refused(
            _("Someone else has changed this report. Check the page again."), code="report-changed"
        )
    _check(fresh, actor)
    _fill(fresh, facts, actor, now)
    _lock_reports(fresh)
    fresh.version += 1
    fresh.paused_at, fresh.problem = None, ""
    fresh.save()
    ReportReader.objects.filter(report=fresh).delete()
    _choose(fresh, facts)
    _check_twins(fresh, facts)
    _log(Action.REPORT_CHANGED, fresh, actor)
    return fresh


@transactional
def remove_report(report: ScheduledReport, *, actor: User) -> None:
    """Remove a report, with the record of its mails. What has begun to go out may still arrive."""
    fresh = _take(report)
    _check(fresh, actor)
    _log(Action.REPORT_REMOVED, fresh, actor)
    fresh.delete()


@transactional
def send_now(report: ScheduledReport, *, actor: User, key: str, now: datetime | None = None) -> int:
    """Send a report besides its days; return to how many. Once for a key, however often it comes.

    Raise Refused while it is paused: it is saved again first.
    """
    check_key(key)
    fresh = _take(report)
    _check(fresh, actor)
    if fresh.paused_at:
        raise Refused(_("This report is paused. Save it again first."), code="report-paused")
    today = today_of(fresh, now or timezone.now())
    made = make_mails(fresh, f"now-{key}"[:64], days_of(fresh, today))
    transaction.on_commit(lambda: send_report(fresh.pk))
    return made


def _take(report: ScheduledReport) -> ScheduledReport:
    rows = ScheduledReport.objects.select_for_update(no_key=True, of=("self",))
    fresh = rows.select_related("partner", "customer", "by").filter(pk=report.pk).first()
    if fresh is None:
        raise Refused(_("This report was removed."), code="report-gone")
    return fresh


def _check(report: ScheduledReport, actor: User) -> None:
    """Refused unless the actor may see what the report has, of all that it is about."""
    fresh = check_actor(actor, report.capability, customer=report.customer)
    if fresh.partner_id is None or fresh.partner_id != report.partner_id:
        raise Refused(str(STAFF_ONLY), code="staff-only")
    if report.customer is None and fresh.limited_to_customers:
        text = _("Only staff who see all customers can have a report of all of them.")
        raise Refused(text, code="report-of-all-customers", field="customer")


def _fill(report: ScheduledReport, facts: ReportFacts, actor: User, now: datetime | None) -> None:
    if actor.partner is None:
        raise Refused(str(STAFF_ONLY), code="staff-only")
    report.partner, report.customer, report.by = actor.partner, facts.customer, actor
    report.kind, report.rhythm, report.day = facts.kind, facts.rhythm, facts.day
    report.at, report.to, report.form = facts.at, facts.to, facts.form
    _check(report, actor)
    last = 7 if facts.rhythm == Rhythm.WEEKLY else LAST_DAY
    if not 1 <= facts.day <= last:
        raise Refused(str(DAY_NEEDED), code="report-day-wrong", field="day")
    if facts.to == SentTo.CONTACT and not (facts.customer and facts.customer.contact_email):
        raise Refused(
            str(NO_CONTACT),
            code="no-contact-email",
            field="to",
        )
    report.next_on = next_day(report, now or timezone.now())


def _choose(report: ScheduledReport, facts: ReportFacts) -> None:
    if facts.to == SentTo.CONTACT:
        return
    staff = User.objects.active().filter(
        partner=report.partner, blocked_at=None, is_machine=False, pk__in=facts.readers
    )
    found = sorted(staff.values_list("pk", flat=True))
    if not found or len(found) != len(set(facts.readers)) or len(found) > MOST_READERS:
        text = _("Choose from 1 to %(most)s members of your team.") % {"most": MOST_READERS}
        raise Refused(text, code="report-readers-wrong", field="readers")
    ReportReader.objects.bulk_create(
        ReportReader(report=report, user_id=pk, partner=report.partner) for pk in found
    )


def _lock_reports(report: ScheduledReport) -> None:
    """Let one member of a team after the other add or change a report: none is there twice."""
    Partner.objects.select_for_update(no_key=True).get(pk=report.partner_id)


def _check_twins(report: ScheduledReport, facts: ReportFacts) -> None:
    """Refused where the partner has another report that sends the same to the same at that time."""
    others = ScheduledReport.objects.filter(partner=report.partner).exclude(pk=report.pk)
    same = others.filter(**{name: getattr(facts, name) for name in _FACTS})
    if any(facts.are_of(twin) for twin in same.select_related("customer")):
        raise Refused(_("This report is already scheduled."), code="report-twice")


def _log(action: Action, report: ScheduledReport, actor: User) -> None:
    changes: dict[str, Any] = {
        "rhythm": str(report.rhythm),
        "day": report.day,
        "to": str(report.to),
        "file": "csv" if report.form == ReportForm.FILE else "",
    }
    entry = audit.Entry(action, report, changes)
    audit.record([entry], actor=actor, customer=report.customer, partner=report.partner)
