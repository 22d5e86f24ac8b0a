from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.models.credentials import TO_HAND_OVER
from customers.models import Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _

KEY_LENGTH = 120
URL_LENGTH = 500
# Of a mail server's answer, shortened.
REASON_LENGTH = 255
# Below so many seats one is told, unless one chooses another number.
SEATS_BELOW = 5
# So many days before a subscription renews.
RENEWAL_DAYS = 30


class NoticeKind(models.TextChoices):
    """What one can be told of; for each, everyone chooses how."""

    SEATS = "seats", _("Seats short")
    RENEWAL = "renewal", _("Renewals")
    DELETION = "deletion", _("Deletions about to be final")
    SHEET = "sheet", TO_HAND_OVER
    PASSWORD = "password", _("Temporary passwords about to expire")
    SCHEDULE_FAILED = "schedule failed", _("Schedules that failed")
    SCHEDULE_DONE = "schedule done", _("Schedules that were done")
    RULE_WAITS = "rule waits", _("License rules that wait for seats")
    SILENT = "silent", _("Sources and applications gone silent")
    DEVICE = "device", _("Sign-ins from a new device")
    TOKEN = "token", _("API tokens about to expire")
    REQUEST = "request", _("Requests to decide")
    ANSWER = "answer", _("Answers to your requests")
    REVIEW = "review", _("Access reviews")
    REPORT = "report", _("Scheduled reports that stopped")


class LetterChannel(models.TextChoices):
    AT_ONCE = "at once", _("Email at once")
    DAILY = "daily", _("Daily email")


class LetterState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Letter(models.Model):
    """An email of notices to one user, sent once at most."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_letters")
    channel = models.CharField(max_length=10, choices=LetterChannel)
    kind = models.CharField(
        max_length=20, choices=NoticeKind, blank=True, help_text="Of a daily one, none."
    )
    day = models.DateField(null=True, help_text="Of a daily one, by the user's clock.")
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.WAITING)
    # How often a server has put it off.
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    reason_said = SaidField("reason")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "day"], condition=Q(channel="daily"), name="one_digest_a_day"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="letter_open", condition=Q(state__in=("waiting", "sending"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} ({self.pk})"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def shown_to(self, user: User) -> NoticeQuerySet:
        """Return the user's own, without those of customers that are no longer theirs to see."""
        own = self.filter(user=user)
        if user.limited_to_customers:
            visible = Customer.objects.visible_to(user)
            own = own.filter(Q(customer=None) | Q(customer__in=visible.values("pk")))
        return own

    def on_page_of(self, user: User) -> NoticeQuerySet:
        return self.shown_to(user).filter(on_page=True)

    def new(self) -> NoticeQuerySet:
        """Return those that nobody has read; the index of new ones needs `on_page` beside it."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """What one user was told, once while it is true.

    `subject_key` says what it is about. Of what can end and come again, such as too few seats, the
    notice ends with it, and the next one has the key anew.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=20, choices=NoticeKind)
    subject_key = models.CharField(max_length=KEY_LENGTH)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Whose name its text has: it goes with the user, as no name is written down here.
    about = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    facts = models.JSONField(default=dict, help_text="What its text needs, without users' names.")
    url = models.CharField(max_length=URL_LENGTH, blank=True, help_text="A path of the portal.")
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # By what its user had chosen when it was told; both mails are crossed out as they are written.
    on_page = models.BooleanField(default=True)
    to_mail = models.BooleanField(default=False)
    to_digest = models.BooleanField(default=False)
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="notices")
    digest = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="digested")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject_key"],
                condition=Q(ended_at=None),
                name="notice_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            # How many are new stands on every page.
            models.Index(
                fields=["user"], name="notice_new", condition=Q(read_at=None, on_page=True)
            ),
            models.Index(
                fields=["kind", "subject_key"], name="notice_standing", condition=Q(ended_at=None)
            ),
            models.Index(fields=["user", "kind"], name="notice_to_mail", condition=Q(to_mail=True)),
            models.Index(fields=["user"], name="notice_to_digest", condition=Q(to_digest=True)),
            # The purge of a user asks for those.
            models.Index(fields=["about"], name="notice_about", condition=Q(about__isnull=False)),
            models.Index(fields=["told_at"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class NoticeChoice(models.Model):
    """How one user is told of one kind; without a row, as `DEFAULTS` of notice_choices have it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_choices", db_index=False)
    kind = models.CharField(max_length=20, choices=NoticeKind)
    page = models.BooleanField()
    at_once = models.BooleanField()
    daily = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="choice_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class NoticeSettings(models.Model):
    """From when to when no email of notices goes to a user, and from which numbers on one does."""

    user = models.OneToOneField(User, models.CASCADE, related_name="notice_settings")
    quiet_from = models.TimeField(_("from"), null=True, blank=True)
    quiet_to = models.TimeField(_("to"), null=True, blank=True)
    seats_below = models.PositiveIntegerField(_("seats"), default=SEATS_BELOW)
    renewal_days = models.PositiveSmallIntegerField(_("days"), default=RENEWAL_DAYS)

    class Meta:
        verbose_name_plural = "notice settings"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="quiet_from_and_to",
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
