"""How much of what is done by itself waits for a worker."""

from datetime import datetime, timedelta

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from automation.models import (
    Letter,
    LetterChannel,
    LetterState,
    MailState,
    ScheduleState,
    Unsettled,
)
from automation.queries.backlog import waiting
from tests.factories import ReportMailFactory, ScheduledReportFactory, ScheduleFactory
from tests.support.cast import Cast


def ago(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_what_is_due_waits_and_what_is_ahead_or_over_does_not(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    report = ScheduledReportFactory.create(partner=cast.fabrikam, by=cast.alice)
    for minutes in (2, 5, -60):
        ScheduleFactory.create(customer=cast.contoso, due_at=ago(minutes))
        Letter.objects.create(
            user=cast.alice,
            channel=LetterChannel.AT_ONCE,
            due_at=ago(minutes),
            created_at=ago(90),
        )
        ReportMailFactory.create(report=report, period=str(minutes), waiting_since=ago(minutes))
    ScheduleFactory.create(customer=cast.contoso, due_at=ago(60), state=ScheduleState.FAILED)
    Letter.objects.update_or_create(
        user=cast.bob,
        channel=LetterChannel.AT_ONCE,
        defaults={"state": LetterState.SENT, "due_at": ago(60), "created_at": ago(60)},
    )
    ReportMailFactory.create(
        report=report, period="sent", waiting_since=ago(60), state=MailState.SENT
    )
    Unsettled.objects.create(customer=cast.contoso, created_at=ago(2))
    Unsettled.objects.create(customer=cast.adatum, created_at=ago(5))
    with django_assert_num_queries(4):
        found = waiting()
    assert {name: work.count for name, work in found.items()} == {
        "schedules": 2,
        "rules": 2,
        "notices": 2,
        "reports": 2,
    }
    assert all(300 <= work.oldest_seconds < 400 for work in found.values())


def test_where_nothing_waits_none_is_old(db: None) -> None:
    assert {(work.count, work.oldest_seconds) for work in waiting().values()} == {(0, 0.0)}
