from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Batch, Customer

from .users import User


class UploadState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Reading")
    ASKING = "asking", _("Needs an answer")
    CHECKED = "checked", _("Checked")
    CONFIRMED = "confirmed", _("Confirmed")
    WRITING = "writing", _("Adding users")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    CANCELED = "canceled", _("Canceled")
    EXPIRED = "expired", _("Expired")


class Upload(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="uploads")
    batch = models.OneToOneField(Batch, models.SET_NULL, null=True, related_name="upload")
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    file = models.FileField(upload_to="uploads/", blank=True)
    reading = models.JSONField(default=dict, help_text="Encoding, separator, columns, notices.")
    options = models.JSONField(default=dict, help_text="What was chosen for all rows.")
    counts = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="upload_by_customer")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class UploadRow(models.Model):
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="As the spreadsheet counts.")
    cells = models.JSONField()
    problems = models.JSONField(default=list)
    decision = models.CharField(max_length=12, blank=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="row_once_per_upload")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class ColumnMapping(models.Model):
    """What a customer's headers were said to mean, offered again for the next file."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="column_mappings")
    header = models.CharField(max_length=200)
    column = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "header"], name="header_once_per_customer")
        ]

    def __str__(self) -> str:
        return f"{self.header} = {self.column}"
