from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _

from .applications import ADDRESS_LENGTH, Application
from .sessions import SID_LENGTH

REASON_LENGTH = 200


class LogoutState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    TOLD = "told", _("Told")
    FAILED = "failed", _("Failed")


class LogoutQuerySet(models.QuerySet["Logout"]):
    def due(self, now: datetime) -> LogoutQuerySet:
        """Return those to be sent by now."""
        return self.filter(state=LogoutState.WAITING, due_at__lte=now)


class Logout(models.Model):
    """A session that has ended, of which its application is told once.

    It outlives session and user: who is deleted for good a minute later is still signed out. The
    application may be gone too; then the row has where to send it.
    """

    application = models.ForeignKey(
        Application, models.SET_NULL, null=True, related_name="logouts", db_index=False
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    user_uuid = models.UUIDField(help_text="What the application knows the user by.")
    # Of the log, when it could not be told; the row itself may be gone by then.
    user_id = models.BigIntegerField()
    # A session ends once, so that nobody is told twice of one.
    sid = models.CharField(max_length=SID_LENGTH, unique=True)
    address = models.CharField(
        max_length=ADDRESS_LENGTH, blank=True, help_text="Of an application that is gone."
    )
    audience = models.CharField(max_length=100, blank=True, help_text="Its client, likewise.")
    state = models.CharField(max_length=10, choices=LogoutState, default=LogoutState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=REASON_LENGTH, blank=True, help_text="Why the last try failed, in words."
    )
    reason_said = SaidField("reason")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    objects = LogoutQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["application", "-id"], name="logout_by_application"),
            # Few of them: what a worker looks for.
            models.Index(
                fields=["application", "due_at"],
                name="logout_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["claimed_at"], name="logout_being_sent", condition=Q(state="sending")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.sid}"
