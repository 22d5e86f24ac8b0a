"""Tasks of tokens: each says what its service says."""

from datetime import timedelta

import pytest
from celery import Task
from django.utils import timezone

from api import tasks
from api.models import Token
from api.services.retention import SHOWN
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_a_token_is_warned_of_and_later_swept(cast: Cast) -> None:
    token_of(cast.alice)
    assert tasks.warn_of_ends.run() == 0
    now = timezone.now()
    Token.objects.update(created_at=now - timedelta(days=30), ends_at=now + timedelta(days=3))
    assert [tasks.warn_of_ends.run(), tasks.warn_of_ends.run()] == [1, 0]
    assert tasks.forget_tokens.run() == 0
    Token.objects.update(ends_at=now - SHOWN - timedelta(hours=1))
    assert [tasks.forget_tokens.run(), tasks.forget_tokens.run()] == [1, 0]


@pytest.mark.parametrize("task", [tasks.warn_of_ends, tasks.forget_tokens])
def test_the_worker_knows_each_by_the_name_that_the_schedule_has(
    task: "Task[..., object]",
) -> None:
    assert task.name in {entry["task"] for entry in SCHEDULE.values()}
    assert task.name in app.tasks
