from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from customers.models import Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _

from .applications import ADDRESS_LENGTH, Application

# Of what an application answers, shortened.
REASON_LENGTH = 300


class Leaving(models.TextChoices):
    """What becomes of the account in the application when its user may not enter any more."""

    DEACTIVATE = "deactivate", _("Deactivate the account")
    DELETE = "delete", _("Delete the account")


class ProvisioningQuerySet(models.QuerySet["Provisioning"]):
    def working(self) -> ProvisioningQuerySet:
        """Return those that have been started, of applications that are on.

        Of one that is switched off nothing is changed: it may be on again in an hour.
        """
        return self.filter(is_on=True, application__is_on=True)

    def due(self, now: datetime) -> ProvisioningQuerySet:
        """Return those of which something is to be sent by now, and that do not rest.

        Whose turn it is comes first: who had none yet, or has waited for the longest.
        """
        rows = Provision.objects.due(now).filter(application=OuterRef("application"))
        awake = Q(rests_until=None) | Q(rests_until__lte=now)
        found = self.working().filter(awake, Exists(rows))
        return found.order_by(F("turn_at").asc(nulls_first=True), "pk")


class Provisioning(models.Model):
    """Where an application takes accounts by SCIM, and how it is with it.

    Nothing is sent until somebody has started it, who could see before what would be changed.
    """

    application = models.OneToOneField(Application, models.CASCADE, related_name="provisioning")
    address = models.URLField(_("SCIM address"), max_length=ADDRESS_LENGTH)
    # Of the address: one at a time is sent to, for all partners together.
    host = models.CharField(max_length=260, editable=False)
    sealed_token = models.TextField(editable=False)
    leaving = models.CharField(
        _("when a user leaves"), max_length=10, choices=Leaving, default=Leaving.DEACTIVATE
    )
    is_on = models.BooleanField(_("on"), default=False)
    # A worker is at it, and says so again and again: one that died is not waited for.
    claimed_at = models.DateTimeField(null=True)
    # When its last turn at the host began.
    turn_at = models.DateTimeField(null=True)
    # The whole is left alone until then: it asked for it, or can't be reached.
    rests_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(
        max_length=REASON_LENGTH, blank=True, help_text="Why nothing can be sent now, in words."
    )
    problem_said = SaidField("problem")
    # What the last comparison found there, and when (services/provisioning/comparing.py).
    compared_at = models.DateTimeField(null=True)
    comparison = models.JSONField(default=dict)
    # Somebody waits for one.
    compare_asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProvisioningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("provisioning")
        indexes: ClassVar = [models.Index(fields=["host"], name="provisioning_by_host")]

    def __str__(self) -> str:
        return self.address


class ProvisionState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ProvisionQuerySet(models.QuerySet["Provision"]):
    def due(self, now: datetime) -> ProvisionQuerySet:
        return self.filter(state=ProvisionState.WAITING, due_at__lte=now)


class Provision(models.Model):
    """A user's account in an application: whether it should be there, and how far that is.

    It outlives the user, so that the account of one who is deleted for good is taken as well.
    `changed` rises with each reason to look again: what was sent counts for the one it was read at.
    """

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="provisions", db_index=False
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField(db_index=True)
    user_uuid = models.UUIDField(help_text="The externalId there.")
    external_id = models.CharField(
        max_length=250, blank=True, help_text="The id that the application gave."
    )
    wanted = models.BooleanField(default=True)
    changed = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ProvisionState, default=ProvisionState.WAITING)
    sent = models.CharField(
        max_length=64, blank=True, help_text="A hash of what the account was last made to be."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(
        max_length=REASON_LENGTH, blank=True, help_text="What was in the way at the last try."
    )
    reason_said = SaidField("reason")
    done_at = models.DateTimeField(null=True)

    objects = ProvisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("provisioned account")
        verbose_name_plural = _("provisioned accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "user_id"], name="account_once_per_application"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["application", "id"],
                name="provision_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["application", "id"], name="provision_failed", condition=Q(state="failed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} ({self.pk})"


def look_again() -> dict[str, object]:
    """Return the values of rows that have a new reason to be looked at."""
    return {
        "state": ProvisionState.WAITING,
        "changed": F("changed") + 1,
        "tries": 0,
        "due_at": timezone.now(),
        "reason": "",
        "reason_said": None,
    }
