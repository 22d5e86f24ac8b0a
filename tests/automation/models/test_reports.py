"""What the tables of reports refuse, whatever the code forgets; and who sees which."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from automation.models import ReportKind, Rhythm, ScheduledReport, SentTo
from customers.roles import Capability
from tests.factories import ReportMailFactory, ScheduledReportFactory
from tests.support.cast import Cast


def test_no_report_is_mailed_twice_in_a_period(cast: Cast) -> None:
    report = ScheduledReportFactory.create(partner=cast.fabrikam)
    for reader in (cast.bob, None):
        ReportMailFactory.create(report=report, reader=reader)
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportMailFactory.create(report=report, reader=reader)
        ReportMailFactory.create(report=report, reader=reader, period="2027-03-01")


@pytest.mark.parametrize(
    "wrong",
    [{"to": SentTo.CONTACT}, {"day": 32}, {"day": 0}, {"rhythm": Rhythm.WEEKLY, "day": 8}],
)
def test_days_and_contacts_that_are_none_are_refused(cast: Cast, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduledReportFactory.create(partner=cast.fabrikam, **wrong)


def test_staff_see_the_reports_of_their_partner_as_far_as_they_see_customers(cast: Cast) -> None:
    every = ScheduledReportFactory.create(partner=cast.fabrikam)
    one = ScheduledReportFactory.create(partner=cast.fabrikam, customer=cast.contoso)
    seen = ScheduledReport.objects.visible_to
    assert set(seen(cast.alice)) == {every, one}
    assert set(seen(cast.charlie)) == set(seen(cast.gail)) == set(seen(cast.support)) == set()
    cast.bob.limited_to_customers = True
    cast.bob.save(update_fields=["limited_to_customers"])
    cast.bob.allowed_customers.add(cast.contoso)
    assert set(seen(cast.bob)) == {one}


def test_each_kind_asks_for_the_capability_of_its_page(cast: Cast) -> None:
    def needed(**facts: object) -> Capability:
        made: ScheduledReport = ScheduledReportFactory.build(next_on=date(2027, 1, 1), **facts)
        return made.capability

    activity = {"kind": ReportKind.ACTIVITY}
    assert needed(partner=cast.fabrikam) == Capability.SEE_SUBSCRIPTIONS
    assert needed(partner=cast.fabrikam, **activity) == Capability.EXPORT_ACTIVITY
    assert needed(partner=cast.fabrikam, customer=cast.contoso, **activity) == (
        Capability.SEE_ACTIVITY
    )
