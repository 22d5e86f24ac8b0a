from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models.users import User
from accounts.names import USER_NAME_LENGTH
from customers.models import Batch, Customer
from customers.said import SaidField, pgettext_lazy
from customers.said import gettext_lazy as _

from .columns.parts import label_of
from .reading import ReadingField, ToldField


class UploadState(models.TextChoices):
    """Where an upload is; WAITING is for a worker, to read the file or to check its rows again."""

    WAITING = "waiting", _("Being read")
    ASKING = "asking", _("Needs an answer")
    CHECKED = "checked", _("To be confirmed")
    CONFIRMED = "confirmed", _("Being added")
    DONE = "done", pgettext_lazy("upload", "Done")
    REFUSED = "refused", pgettext_lazy("upload", "Refused")
    CANCELED = "canceled", pgettext_lazy("upload", "Canceled")
    EXPIRED = "expired", pgettext_lazy("upload", "Expired")


UPLOAD_FOLDER = "uploads"

# Nothing has been written yet, and nothing is being written.
OPEN_STATES = (UploadState.WAITING, UploadState.ASKING, UploadState.CHECKED)


class UploadQuerySet(models.QuerySet["Upload"]):
    def for_list(self) -> UploadQuerySet:
        return self.select_related("by", "batch__undone_by").defer(
            "batch__users", "batch__undone_by__users"
        )

    def stale(self, before: datetime) -> UploadQuerySet:
        """Return those that were received by then and are not confirmed yet."""
        return self.filter(state__in=OPEN_STATES, created_at__lte=before)


class Upload(models.Model):
    """A file on its way to become accounts; `batch` is what Confirm has asked for last."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="uploads")
    batch = models.OneToOneField(Batch, models.SET_NULL, null=True, related_name="upload")
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    file = models.FileField(upload_to=f"{UPLOAD_FOLDER}/", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    reading = ReadingField(
        help_text="Answers, headings, columns, and what is to be told of the file."
    )
    options = models.JSONField(default=dict, help_text="What was chosen for all rows.")
    counts = models.JSONField(default=dict, help_text="Rows by outcome, seats by subscription.")
    refusal = models.TextField(blank=True)
    refusal_said = SaidField("refusal")
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Set with each change to WAITING, hours after the file came too.
    waiting_since = models.DateTimeField(default=timezone.now, db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="upload_by_customer"),
            models.Index(
                fields=["created_at"], name="upload_open", condition=Q(state__in=OPEN_STATES)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    @property
    def begun(self) -> str:
        """Tell what a worker has to do now from what it had before, and will have next."""
        return str(self.waiting_since.timestamp())

    def wait(self) -> tuple[str, ...]:
        """Let it wait for a worker from now on, and return the fields to be saved."""
        self.state, self.waiting_since = UploadState.WAITING, timezone.now()
        return ("state", "waiting_since")


class RowOutcome(models.TextChoices):
    """The outcome of a row; of all but the wrong ones, on Confirm."""

    ADD = "add", _("To be added")
    CHANGE = "change", _("To be changed")
    RESTORE = "restore", _("To be restored")
    LEAVE = "leave", _("Unchanged")
    DROP = "drop", _("Excluded")
    WRONG = "wrong", _("Errors")


class RowDecision(models.TextChoices):
    """What a user has chosen for one row."""

    NONE = "", _("None")
    DROP = "drop", _("Exclude")
    RESTORE = "restore", _("Restore instead")
    NEW = "new", _("Add as a new user")


class UploadRow(models.Model):
    """A row of the file. `user` is the one that it is about, if it exists or was deleted."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="As the spreadsheet counts.")
    cells = models.JSONField(help_text="All of them, in the order of the file, as typed.")
    name_key = models.CharField(
        max_length=USER_NAME_LENGTH, blank=True, help_text="The user name as it is compared."
    )
    outcome = models.CharField(max_length=7, choices=RowOutcome, default=RowOutcome.ADD)
    decision = models.CharField(max_length=7, choices=RowDecision, blank=True)
    problems = ToldField(default=list, help_text="Column, sentence, suggestion.")
    notices = ToldField(default=list, help_text="As problems, but nothing is wrong.")
    warns = models.BooleanField(
        default=False, db_default=False, help_text="A notice is to be looked at before Confirm."
    )
    seats = models.JSONField(default=dict, help_text="Seats wanted, by subscription.")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("upload row")
        verbose_name_plural = _("upload rows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="row_once_per_upload")
        ]
        indexes: ClassVar = [
            models.Index(fields=["upload", "outcome", "number"], name="row_by_outcome"),
            models.Index(fields=["upload", "name_key", "number"], name="row_by_name"),
            # A tab of the confirmation page has them; of most files it has none.
            models.Index(
                fields=["upload", "number"], name="row_with_warning", condition=Q(warns=True)
            ),
            # The purge of a user asks; most rows are about none yet.
            models.Index("user", name="row_by_user", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class ColumnMapping(models.Model):
    """What a header was said to mean, offered again for the next file of the customer.

    `header` is as headings are compared, `heading` as it was written.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="column_mappings")
    header = models.CharField(max_length=200)
    heading = models.CharField(max_length=200, blank=True, db_default="")
    column = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "header"], name="header_once_per_customer")
        ]

    def __str__(self) -> str:
        return f"{self.header} = {self.column}"

    @property
    def written(self) -> str:
        """Return the heading as a user knows it."""
        return self.heading or self.header

    @property
    def label(self) -> str:
        """Return what the pages call the column, "" for one that is ignored."""
        return label_of(self.column) if self.column else ""
