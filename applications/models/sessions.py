from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string

from accounts.models import User
from customers.said import gettext_lazy as _

from .applications import Application

SID_LENGTH = 32


def new_sid() -> str:
    return get_random_string(SID_LENGTH)


class AppSessionQuerySet(models.QuerySet["AppSession"]):
    def standing(self) -> AppSessionQuerySet:
        """Return the sessions that have not been ended, each with the user's access as it was."""
        return self.filter(ended_at=None, epoch=F("user__session_epoch"))


class AppSession(models.Model):
    """A sign-in of a user to an application; its tokens name it by `sid`.

    Nothing refers to it by a key of the database, or else users could not be purged: what must
    outlive it keeps its sid.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="sessions")
    user = models.ForeignKey(User, models.CASCADE, related_name="app_sessions", db_index=False)
    sid = models.CharField(max_length=SID_LENGTH, unique=True, default=new_sid, editable=False)
    session_key_hash = models.CharField(
        max_length=64, blank=True, help_text="Of the portal's session that it came from."
    )
    auth_time = models.DateTimeField(help_text="When the user last proved who they are.")
    amr = models.JSONField(default=list, help_text="By what, in the words of RFC 8176.")
    acr = models.CharField(max_length=100, blank=True)
    epoch = models.PositiveIntegerField(help_text="The user's session_epoch at the time.")
    started_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AppSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("app session")
        verbose_name_plural = _("app sessions")
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="app_session_by_user"),
            # Few of those that there ever were: whom to sign out, and of which portal session.
            models.Index(
                fields=["session_key_hash"],
                name="app_session_of_portal",
                condition=Q(ended_at=None) & ~Q(session_key_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} ({self.pk})"

    @property
    def stands(self) -> bool:
        """Whether it has not ended; asks for the user, if that is not there."""
        return self.ended_at is None and self.epoch == self.user.session_epoch
