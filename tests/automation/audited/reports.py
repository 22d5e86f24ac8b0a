"""What the activity log knows of scheduled reports: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from automation.models import ReportKind, ScheduledReport
from automation.services.reports import (
    ReportFacts,
    add_report,
    change_report,
    deliver_report,
    remove_report,
)
from tests.factories import ReportMailFactory


def _report(stage: Any) -> ScheduledReport:
    facts = ReportFacts(ReportKind.LICENSES, readers=[stage.alice.pk])
    return add_report(facts, actor=stage.alice)


def _deliver(stage: Any) -> None:
    report = _report(stage)
    ReportMailFactory.create(report=report, reader=stage.alice)
    deliver_report(report.pk)


REPORTS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "add_report": (_report, ["report.added"], False),
    "change_report": (
        lambda s: change_report(
            _report(s), ReportFacts(ReportKind.LICENSES, readers=[s.alice.pk]), actor=s.alice
        ),
        ["report.changed"],
        False,
    ),
    "remove_report": (
        lambda s: remove_report(_report(s), actor=s.alice),
        ["report.removed"],
        False,
    ),
}
REPORTS_ALONE: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "deliver_report": (_deliver, ["report.sent"]),
}
