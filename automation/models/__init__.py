from .rules import KeptLicense, KeptState, LicenseRule, RuleException, RuleSubscription
from .schedules import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState

__all__ = [
    "KeptLicense",
    "KeptState",
    "LicenseRule",
    "PlanKind",
    "RuleException",
    "RuleSubscription",
    "Schedule",
    "SchedulePlan",
    "ScheduleState",
    "ScheduledUser",
]
