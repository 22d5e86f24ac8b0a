"""What is kept about one user of what is done by itself, for that user (accounts.personal)."""

from django.db.models import F

from accounts.models import User
from accounts.personal import Relations

from .models import Schedule, ScheduledUser, SchedulePlan


def relations(user: User) -> Relations:
    """Return what waits for the user, and what the user has scheduled for others."""
    of_it = {
        "kind": F("schedule__kind"),
        "state": F("schedule__state"),
        "due_at": F("schedule__due_at"),
    }
    about = ScheduledUser.objects.filter(user=user)
    made = Schedule.objects.filter(by=user)
    plans = SchedulePlan.objects.filter(by=user)
    return {
        "scheduled": ("automation.ScheduledUser.user", about.values("id", **of_it)),
        "schedules_made": (
            "automation.Schedule.by",
            made.values("id", "kind", "state", "reason", "due_at", "created_at"),
        ),
        "plans_made": (
            "automation.SchedulePlan.by",
            plans.values("id", "kind", "reason", "created_at"),
        ),
        "plans_undone": (
            "automation.SchedulePlan.undo_by",
            SchedulePlan.objects.filter(undo_by=user).values(
                "id", "kind", "undo_reason", "undo_at"
            ),
        ),
    }
