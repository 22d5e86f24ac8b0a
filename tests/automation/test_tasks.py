"""Tasks of what is done by itself: each says what its service says."""

from datetime import date, timedelta

import pytest
from celery import Task
from django.utils import timezone

from automation import tasks
from automation.models import Notice
from automation.services.leaving import plan_leave
from automation.services.leaving_undo import GO_ON, ask_to_undo
from licensing.models import Subscription
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from tests.automation.leaving import stand, wanted
from tests.factories import ReviewFactory, ScheduleFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_nothing_is_due_and_a_clock_is_kept_to(cast: Cast) -> None:
    assert tasks.run_due_schedules.run() == 0
    ScheduleFactory.create(customer=cast.contoso)
    assert tasks.keep_schedules_to_clocks.run() == 1


def test_a_plan_is_gone_on_with_forward_and_back(cast: Cast) -> None:
    made = plan_leave([cast.uma], wanted(block=None), customer=cast.contoso, actor=cast.alice)
    tasks.go_on_with_plan.run(made.plan.pk)
    assert stand(cast.uma)["blocked"]
    ask_to_undo(made.plan, actor=cast.alice)
    assert tasks.go_on_undoing_plans.run() == 1
    assert not stand(cast.uma)["blocked"]
    # Of one that is over, or is none, nothing is done.
    tasks.go_on_with_plan.run(made.plan.pk)
    tasks.go_on_with_plan.run(made.plan.pk + 1)


def test_a_service_sends_for_the_task_by_its_name() -> None:
    assert tasks.go_on_with_plan.name == GO_ON
    assert GO_ON in app.tasks


def test_a_review_whose_day_is_over_ends_and_one_that_ends_soon_is_reminded_of(
    cast: Cast,
) -> None:
    assert (tasks.end_due_reviews.run(), tasks.remind_reviewers.run()) == (0, 0)
    ReviewFactory.create(customer=cast.contoso, on=date(2020, 1, 31))
    ReviewFactory.create(customer=cast.contoso, on=timezone.now().date())
    assert (tasks.remind_reviewers.run(), tasks.end_due_reviews.run()) == (1, 1)


def test_what_is_found_is_told_once_mailed_and_forgotten_after_a_while(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=20)
    Subscription.objects.filter(pk=teams.pk).update(assigned=20)
    assert [tasks.find_hourly.run(), tasks.find_hourly.run()] == [3, 0]
    day = timezone.now().date()
    Subscription.objects.filter(pk=teams.pk).update(renews_on=day)
    assert [tasks.find_daily.run(), tasks.find_daily.run()] == [3, 0]
    assert tasks.send_letters.run() == 0
    assert tasks.forget_notices.run() == 0
    Notice.objects.update(told_at=timezone.now() - timedelta(days=100), ended_at=timezone.now())
    assert tasks.forget_notices.run() == 6


@pytest.mark.parametrize(
    "task",
    [
        tasks.run_due_schedules,
        tasks.keep_schedules_to_clocks,
        tasks.go_on_undoing_plans,
        tasks.end_due_reviews,
        tasks.remind_reviewers,
        tasks.send_letters,
        tasks.find_hourly,
        tasks.find_daily,
        tasks.forget_notices,
    ],
)
def test_the_worker_knows_each_by_the_name_that_the_schedule_has(
    task: "Task[..., object]",
) -> None:
    assert task.name in {entry["task"] for entry in SCHEDULE.values()}
    assert task.name in app.tasks
