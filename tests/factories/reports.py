from datetime import date
from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from automation.models import ReportKind, ReportMail, ReportReader, ScheduledReport

from .customers import PartnerFactory


class ScheduledReportFactory(DjangoModelFactory[ScheduledReport]):
    """Licensed users of all customers, on the first of each month, to these `people`."""

    class Meta:
        model = ScheduledReport

    partner = declarations.SubFactory(PartnerFactory)
    kind = ReportKind.LICENSES
    next_on = date(2027, 2, 1)
    key = declarations.Sequence(lambda number: f"report-{number}")

    @classmethod
    def _create(cls, model_class: type[ScheduledReport], *args: Any, **kwargs: Any) -> Any:
        people = kwargs.pop("people", ())
        report = super()._create(model_class, *args, **kwargs)
        for user in people:
            ReportReader.objects.create(report=report, user=user, partner=report.partner)
        return report


class ReportMailFactory(DjangoModelFactory[ReportMail]):
    class Meta:
        model = ReportMail

    report = declarations.SubFactory(ScheduledReportFactory)
    partner = declarations.SelfAttribute("report.partner")
    period = "2027-02-01"
