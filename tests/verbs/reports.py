"""What is done with scheduled reports."""

from automation.models import ReportKind, ScheduledReport
from automation.services.reports import (
    ReportFacts,
    add_report,
    change_report,
    remove_report,
    send_now,
)
from tests.factories import ScheduledReportFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _facts(scene: Scene) -> ReportFacts:
    """Of what may be seen by all who see one customer's activity, those of a customer too."""
    return ReportFacts(ReportKind.ACTIVITY, readers=[scene.bob.pk])


def _add(scene: Scene) -> None:
    partner = scene.contoso.partner
    ScheduledReportFactory.create(partner=partner, kind=ReportKind.ACTIVITY, people=[scene.bob])


def _report(scene: Scene) -> ScheduledReport:
    return ScheduledReport.objects.filter(partner=scene.contoso.partner).latest("pk")


REPORTS: dict[str, Verb] = {
    "automation.services.reports.keeping.add_report": Verb(
        role_table.CUSTOMERS, lambda at, by: add_report(_facts(at), actor=by), by_support=False
    ),
    "automation.services.reports.keeping.change_report": Verb(
        role_table.CUSTOMERS,
        lambda at, by: change_report(_report(at), _facts(at), actor=by),
        prepare=_add,
        by_support=False,
    ),
    "automation.services.reports.keeping.remove_report": Verb(
        role_table.CUSTOMERS,
        lambda at, by: remove_report(_report(at), actor=by),
        prepare=_add,
        by_support=False,
    ),
    "automation.services.reports.keeping.send_now": Verb(
        role_table.CUSTOMERS,
        lambda at, by: send_now(_report(at), actor=by, key="once"),
        prepare=_add,
        by_support=False,
    ),
}
