"""Tasks of what is done by itself: each says what its service says."""

from datetime import date

import pytest
from celery import Task
from django.utils import timezone

from automation import tasks
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from tests.factories import ReviewFactory, ScheduleFactory
from tests.support.cast import Cast


def test_nothing_is_due_and_a_clock_is_kept_to(cast: Cast) -> None:
    assert tasks.run_due_schedules.run() == 0
    ScheduleFactory.create(customer=cast.contoso)
    assert tasks.keep_schedules_to_clocks.run() == 1


def test_a_review_whose_day_is_over_ends_and_one_that_ends_soon_is_reminded_of(
    cast: Cast,
) -> None:
    assert (tasks.end_due_reviews.run(), tasks.remind_reviewers.run()) == (0, 0)
    ReviewFactory.create(customer=cast.contoso, on=date(2020, 1, 31))
    ReviewFactory.create(customer=cast.contoso, on=timezone.now().date())
    assert (tasks.remind_reviewers.run(), tasks.end_due_reviews.run()) == (1, 1)


@pytest.mark.parametrize(
    "task",
    [
        tasks.run_due_schedules,
        tasks.keep_schedules_to_clocks,
        tasks.end_due_reviews,
        tasks.remind_reviewers,
    ],
)
def test_the_worker_knows_each_by_the_name_that_the_schedule_has(
    task: "Task[..., object]",
) -> None:
    assert task.name in {entry["task"] for entry in SCHEDULE.values()}
    assert task.name in app.tasks
