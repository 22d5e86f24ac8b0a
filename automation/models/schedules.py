from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from customers.identity import RandomUUID
from customers.models import Batch, BatchKind, Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _

REASON_LENGTH = 255
ZONE_LENGTH = 64


class PlanKind(models.TextChoices):
    LEAVE = "leave", _("Remove user")
    JOIN = "join", _("Start date")


class SchedulePlan(models.Model):
    """Several schedules that were asked for as one thing, and are undone as one."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=PlanKind)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Who asked for it to be undone as a whole, under which key of a form, and why.
    undo_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undo_key = models.CharField(max_length=64, blank=True)
    undo_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    undo_at = models.DateTimeField(null=True)
    # Of an undo whose last step is over, whether it could be done or not.
    undone_at = models.DateTimeField(null=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("schedule plan")
        verbose_name_plural = _("schedule plans")
        constraints: ClassVar = [
            # The target of the composite foreign key of a schedule.
            models.UniqueConstraint(fields=["id", "customer"], name="plan_of_customer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "kind", "created_at"], name="plan_by_customer"),
            models.Index(
                fields=["undo_at"],
                name="plan_being_undone",
                condition=Q(undo_at__isnull=False, undone_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class ScheduleState(models.TextChoices):
    WAITING = "waiting", _("Scheduled")
    # It has a batch, whose state tells the rest.
    BEGUN = "begun", _("Begun")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class Schedule(models.Model):
    """An action that waits for its day: what, for whom, and when by the customer's clock.

    Day and time are what was asked for; the moment follows from them by the zone, and is counted
    anew where that changes.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="schedules")
    plan = models.ForeignKey(
        SchedulePlan, models.CASCADE, null=True, related_name="schedules", db_index=False
    )
    kind = models.CharField(max_length=20, choices=BatchKind)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    request = models.JSONField(default=dict)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    on = models.DateField(_("date"))
    at = models.TimeField(_("time"))
    zone = models.CharField(max_length=ZONE_LENGTH)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(max_length=10, choices=ScheduleState, default=ScheduleState.WAITING)
    refusal = models.TextField(blank=True, help_text="Why it could not be begun, in a sentence.")
    refusal_said = SaidField("refusal")
    batch = models.OneToOneField(Batch, models.SET_NULL, null=True, related_name="schedule")
    # Of a plan that is undone as a whole: what took this step back, or why nothing could.
    undo = models.OneToOneField(Batch, models.SET_NULL, null=True, related_name="+")
    undo_refusal = models.TextField(blank=True)
    undo_refusal_said = SaidField("undo_refusal")
    users = models.ManyToManyField(User, through="ScheduledUser", related_name="schedules")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ("due_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "customer"], name="schedule_of_customer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan"], name="schedule_by_plan"),
            models.Index(fields=["due_at"], name="schedule_due", condition=Q(state="waiting")),
            models.Index(fields=["customer", "state", "due_at"], name="schedule_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class ScheduledUser(models.Model):
    """A frozen user of a schedule."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="items", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "user"], name="user_once_per_schedule")
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}/{self.user_id}"
