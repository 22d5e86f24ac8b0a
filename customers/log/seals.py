"""The chain of seals that proves the activity log, each over some events of one partner."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SHA256_HEX = 64


class AuditSealQuerySet(models.QuerySet["AuditSeal"]):
    def in_order(self) -> AuditSealQuerySet:
        return self.order_by("number")

    def of_owner(self, partner: int | None) -> AuditSealQuerySet:
        """Return the seals of one partner's log, or, for None, of what belongs to no partner."""
        return self.filter(partner=partner)


class AuditSeal(models.Model):
    """A seal over all events of one partner (or of none) from `first_id` to `last_id`.

    There is one chain for all partners: numbers are dense, and each seal holds the hash of the one
    before, so that none can go without a gap but the last ones, whose hash stands in the server's
    log. What is proved by which hash says customers/log/sealed_bytes.py.
    """

    number = models.BigIntegerField(unique=True)
    partner = models.ForeignKey("customers.Partner", models.PROTECT, null=True, related_name="+")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField(help_text="When the newest of the events happened.")
    made_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(help_text="Of the form in which rows are sealed.")
    key_id = models.CharField(max_length=20)
    previous = models.CharField(max_length=SHA256_HEX, blank=True)
    events_hash = models.CharField(max_length=SHA256_HEX)
    names_hash = models.CharField(max_length=SHA256_HEX)
    names_salt = models.CharField(
        max_length=SHA256_HEX, blank=True, help_text="Gone once the names are forgotten."
    )
    hash = models.CharField(max_length=SHA256_HEX)
    # What retention does is signed: the database alone is not enough to pass for it.
    names_forgotten_at = models.DateTimeField(null=True)
    names_forgotten_mark = models.CharField(max_length=100, blank=True)
    events_dropped_at = models.DateTimeField(null=True)
    events_dropped_mark = models.CharField(max_length=100, blank=True)

    objects = AuditSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of the activity log")
        verbose_name_plural = _("seals of the activity log")
        indexes: ClassVar = [
            models.Index(fields=["partner", "-last_id"], name="seal_by_partner"),
            models.Index(
                fields=["last_at"], name="seal_with_names", condition=Q(names_forgotten_at=None)
            ),
            models.Index(
                fields=["last_at"], name="seal_with_events", condition=Q(events_dropped_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_id}–{self.last_id}"


class AuditCount(models.Model):
    """The number of events that were ever written to one partner's log (or to nobody's), in parts.

    Triggers write it, on PostgreSQL alone: no role of the portal may. An event that is removed
    before it is sealed stays counted.
    """

    # A plain number: a reference would be looked up at each event once more.
    partner_id = models.BigIntegerField(null=True)
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.count}"
