"""Reports that go out on a day: kept, begun once a period, and mailed once to each reader."""

from .keeping import ReportFacts, add_report, change_report, remove_report, send_now
from .mailing import deliver_report, forget_report_mails
from .running import run_due_reports

__all__ = [
    "ReportFacts",
    "add_report",
    "change_report",
    "deliver_report",
    "forget_report_mails",
    "remove_report",
    "run_due_reports",
    "send_now",
]
