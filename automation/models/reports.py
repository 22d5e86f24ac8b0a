from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from customers.identity import RandomUUID
from customers.log.history import CUSTOMERS_CONTACT
from customers.models import Customer, Partner
from customers.roles import Capability
from customers.said import SaidField
from customers.said import gettext_lazy as _

# Of a mail server's answer, shortened.
REASON_LENGTH = 255
PERIOD_LENGTH = 64
# Month days above the last one are the last one.
LAST_DAY = 31


class ReportKind(models.TextChoices):
    LICENSES = "licenses", _("Month report")
    ACTIVITY = "activity", _("Activity log")


class Rhythm(models.TextChoices):
    MONTHLY = "monthly", _("Every month")
    WEEKLY = "weekly", _("Every week")


class SentTo(models.TextChoices):
    STAFF = "staff", _("Staff")
    CONTACT = "contact", CUSTOMERS_CONTACT


class ReportForm(models.TextChoices):
    LINK = "link", _("A link, which asks for sign-in")
    FILE = "file", _("The file (.csv)")


class ScheduledReportQuerySet(models.QuerySet["ScheduledReport"]):
    def visible_to(self, user: User) -> ScheduledReportQuerySet:
        """Return the reports of the user's partner about what the user sees."""
        if user.partner_id is None:
            return self.none()
        found = self.filter(partner=user.partner_id)
        seen = Q(customer__in=Customer.objects.visible_to(user))
        if not user.limited_to_customers:
            seen |= Q(customer=None)
        return found.filter(seen)

    def for_list(self) -> ScheduledReportQuerySet:
        return self.select_related("partner", "customer", "by").prefetch_related("readers")


class ScheduledReport(models.Model):
    """A report that goes out by mail on a day, for as long as who answers for it may see it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="scheduled_reports")
    # Without one: all customers that a reader sees.
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="scheduled_reports"
    )
    kind = models.CharField(max_length=10, choices=ReportKind)
    rhythm = models.CharField(max_length=10, choices=Rhythm, default=Rhythm.MONTHLY)
    # A day of the month, or of the week from Monday (1) on.
    day = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField(default=time(7))
    to = models.CharField(max_length=10, choices=SentTo, default=SentTo.STAFF)
    readers = models.ManyToManyField(User, through="ReportReader", related_name="+")
    form = models.CharField(max_length=10, choices=ReportForm, default=ReportForm.LINK)
    # Whose rights it is made with: who has saved it last.
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # By the customer's or the partner's clock, whose zone is asked each time.
    next_on = models.DateField()
    paused_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=REASON_LENGTH, blank=True)
    problem_said = SaidField("problem")
    # Of the form that added it: a second click finds the first one's work.
    key = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    objects = ScheduledReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ("id",)
        constraints: ClassVar = [
            # The target of composite foreign keys.
            models.UniqueConstraint(fields=["id", "partner"], name="report_of_partner"),
            models.CheckConstraint(
                name="contact_is_a_customers",
                condition=Q(to="staff") | Q(customer__isnull=False),
            ),
            models.CheckConstraint(
                name="report_day_is_one",
                condition=Q(rhythm="monthly", day__range=(1, LAST_DAY))
                | Q(rhythm="weekly", day__range=(1, 7)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_on"], name="report_due", condition=Q(paused_at=None))
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def capability(self) -> Capability:
        """What a reader must be able to, to see it."""
        if self.kind == ReportKind.LICENSES:
            return Capability.SEE_SUBSCRIPTIONS
        return Capability.SEE_ACTIVITY if self.customer_id else Capability.EXPORT_ACTIVITY


class ReportReader(models.Model):
    """A member of staff whom a report is sent to."""

    report = models.ForeignKey(ScheduledReport, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "user"], name="reader_once_per_report")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.user_id}"


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class ReportMailQuerySet(models.QuerySet["ReportMail"]):
    def due(self) -> ReportMailQuerySet:
        return self.filter(state=MailState.WAITING, waiting_since__lte=timezone.now())


class ReportMail(models.Model):
    """One mail of a report in one period: claimed before it is sent, and never sent twice."""

    report = models.ForeignKey(
        ScheduledReport, models.CASCADE, related_name="mails", db_index=False
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    # The day that it was due, or the key of who has sent it by hand.
    period = models.CharField(max_length=PERIOD_LENGTH)
    # None: the customer's contact.
    reader = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    waiting_since = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    reason_said = SaidField("reason")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReportMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("report email")
        verbose_name_plural = _("report emails")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "period", "reader"], name="report_once_per_reader"
            ),
            models.UniqueConstraint(
                fields=["report", "period"],
                condition=Q(reader=None),
                name="report_once_to_the_contact",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["waiting_since"],
                name="report_mail_open",
                condition=Q(state__in=("waiting", "sending")),
            ),
            models.Index(fields=["created_at"], name="report_mail_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.period}"
