from .notices import (
    Letter,
    LetterChannel,
    LetterState,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
)
from .rules import KeptLicense, KeptState, LicenseRule, RuleException, RuleSubscription, Unsettled
from .schedules import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState

__all__ = [
    "KeptLicense",
    "KeptState",
    "Letter",
    "LetterChannel",
    "LetterState",
    "LicenseRule",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "NoticeSettings",
    "PlanKind",
    "RuleException",
    "RuleSubscription",
    "Schedule",
    "SchedulePlan",
    "ScheduleState",
    "ScheduledUser",
    "Unsettled",
]
