from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from customers.log.history import CUSTOMERS_CONTACT, EACH_USER
from customers.models import Batch, BatchItem, Customer, Outcome
from customers.roles import Role
from customers.said import SaidField
from customers.said import gettext_lazy as _

from .users import User

# Of a mail server's answer, shortened.
REASON_LENGTH = 255


class SheetKind(models.TextChoices):
    ADDED = "added", _("Users added")
    RESET = "reset", _("Passwords reset")


class CredentialSheetQuerySet(models.QuerySet["CredentialSheet"]):
    def open(self, now: datetime | Now | None = None) -> CredentialSheetQuerySet:
        return self.filter(destroyed_at=None, expires_at__gt=now or timezone.now())

    def expired(self) -> CredentialSheetQuerySet:
        return self.filter(destroyed_at=None, expires_at__lte=timezone.now())

    def for_list(self) -> CredentialSheetQuerySet:
        """Return sheets with maker and batch, and with the first user to whom that was done."""
        of_batch = BatchItem.objects.filter(batch=OuterRef("batch"), outcome=Outcome.DONE)
        first = of_batch.order_by("pk").values("user__display_name")[:1]
        sheets = self.select_related("by", "batch__undo_of")
        sheets = sheets.defer("batch__users", "batch__undo_of__users")
        return sheets.annotate(first_user=Subquery(first))

    def readable_by(self, user: User) -> CredentialSheetQuerySet:
        """Return the maker's own, and for the partner's account admins all of its customers'
        sheets.
        """
        if user.partner_id and Role.ACCOUNT_ADMIN in user.roles:
            return self.filter(customer__partner=user.partner_id)
        return self.filter(by=user)


class CredentialSheet(models.Model):
    """Names and temporary passwords to hand over, encrypted, until Done or their hour."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sheets")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="sheets")
    kind = models.CharField(max_length=10, choices=SheetKind)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    users = models.PositiveIntegerField(default=0, db_column="people")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    objects = CredentialSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential sheet")
        verbose_name_plural = _("credential sheets")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "by"], name="sheet_open", condition=Q(destroyed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.users})"

    @property
    def is_open(self) -> bool:
        return self.destroyed_at is None and self.expires_at > timezone.now()


class CredentialSheetPart(models.Model):
    """Some of a sheet's users, encrypted by themselves: a page of the sheet reads no others."""

    sheet = models.ForeignKey(CredentialSheet, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField(help_text="From 1, without a gap.")
    ciphertext = models.TextField()
    users = models.PositiveIntegerField(db_column="people")

    class Meta:
        verbose_name = _("credential sheet part")
        verbose_name_plural = _("credential sheet parts")
        ordering = ("sheet", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="part_once_per_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number}"


class HandedBy(models.TextChoices):
    """How passwords were read; all but shown hands them over."""

    SHOWN = "shown", _("Shown")
    PRINTED = "printed", _("Printed")
    COPIED = "copied", _("Copied")
    DOWNLOADED = "downloaded", _("Downloaded")


class SheetReading(models.Model):
    """When a stretch of a sheet was last read in one way: places are kept, and no password.

    A user keeps their place on a sheet, so that a few rows tell of 100,000 users. What was mailed
    is told by the deliveries.
    """

    sheet = models.ForeignKey(
        CredentialSheet, models.CASCADE, related_name="readings", db_index=False
    )
    by_way = models.CharField(max_length=10, choices=HandedBy)
    first = models.PositiveIntegerField(help_text="The first place, from 0.")
    end = models.PositiveIntegerField(help_text="The place after the last one.")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sheet reading")
        verbose_name_plural = _("sheet readings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "by_way", "first", "end"], name="reading_once_per_stretch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.by_way} {self.first} to {self.end}"


TO_HAND_OVER = _("Passwords to hand over")


class MailTo(models.TextChoices):
    SELF = "self", _("Me")
    CONTACT = "contact", CUSTOMERS_CONTACT
    USER = "person", EACH_USER


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    NO_ADDRESS = "no address", _("No address")
    LEFT_OUT = "left out", _("Skipped")


NOT_SENT = (DeliveryState.FAILED, DeliveryState.NO_ADDRESS, DeliveryState.LEFT_OUT)


_PUT_OFF = Q(state=DeliveryState.WAITING, tries__gt=0)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> DeliveryQuerySet:
        """Return those that wait, but for those that a server put off until later."""
        # By the clock alone where one was put off: the database's may be ahead of a worker's.
        on_time = Q(tries=0) | Q(waiting_since__lte=timezone.now())
        return self.filter(on_time, state=DeliveryState.WAITING)

    def put_off(self) -> DeliveryQuerySet:
        return self.filter(_PUT_OFF)

    def to_ask_again(self) -> DeliveryQuerySet:
        """Return those that did not go out, and those that a server put off."""
        return self.filter(Q(state__in=NOT_SENT) | _PUT_OFF)


class Delivery(models.Model):
    """One mail of a sheet, sent once at most; the user is NULL where it lists them all."""

    sheet = models.ForeignKey(CredentialSheet, models.CASCADE, related_name="deliveries")
    to = models.CharField(max_length=10, choices=MailTo)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="deliveries"
    )
    # Who asked; "Me" is this user.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    users = models.PositiveIntegerField(default=1, db_column="people")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    reason_said = SaidField("reason")
    created_at = models.DateTimeField(auto_now_add=True)
    # How often a server has put it off since it was last asked for.
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Set with each change to WAITING: one that failed may be asked for again. Of one that was put
    # off, when it is tried again.
    waiting_since = models.DateTimeField(default=timezone.now, db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "user"],
                condition=Q(user__isnull=False),
                name="mail_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["sheet", "to", "by", "users"],
                condition=Q(user=None),
                name="mail_once_per_list",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "claimed_at"],
                name="delivery_open",
                condition=Q(state__in=("waiting", "sending")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.to} {self.state}"

    @property
    def next_try_at(self) -> datetime | None:
        """Return when a mail that a server put off is tried again; None for all others."""
        put_off = self.state == DeliveryState.WAITING and self.tries
        return self.waiting_since if put_off else None
