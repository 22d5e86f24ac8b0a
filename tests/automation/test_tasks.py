"""Tasks of what is done by itself: each says what its service says."""

import pytest
from celery import Task

from automation import tasks
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from tests.factories import ScheduleFactory
from tests.support.cast import Cast


def test_nothing_is_due_and_a_clock_is_kept_to(cast: Cast) -> None:
    assert tasks.run_due_schedules.run() == 0
    ScheduleFactory.create(customer=cast.contoso)
    assert tasks.keep_schedules_to_clocks.run() == 1


@pytest.mark.parametrize("task", [tasks.run_due_schedules, tasks.keep_schedules_to_clocks])
def test_the_worker_knows_each_by_the_name_that_the_schedule_has(
    task: "Task[..., object]",
) -> None:
    assert task.name in {entry["task"] for entry in SCHEDULE.values()}
    assert task.name in app.tasks
