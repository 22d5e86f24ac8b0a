"""Tasks of applications: each says what its service says."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from celery import Task
from django.utils import timezone

from applications import tasks
from applications.services.sessions import KEPT
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from tests.factories import AppSessionFactory
from tests.support.cast import Cast


def test_old_sessions_are_dropped_once_a_night(cast: Cast) -> None:
    assert tasks.drop_old_sessions.run() == 0
    before = timezone.now() - KEPT - timedelta(minutes=1)
    AppSessionFactory.create(user=cast.uma, last_used_at=before)
    assert tasks.drop_old_sessions.run() == 1


def test_tokens_are_dropped_when_their_time_is_over(db: None) -> None:
    Token.objects.create(type="at", hash="x", expires_at=timezone.now() - timedelta(seconds=1))
    assert [tasks.drop_expired_tokens.run(), tasks.drop_expired_tokens.run()] == [1, 0]


@pytest.mark.parametrize("task", [tasks.drop_old_sessions, tasks.drop_expired_tokens])
def test_the_worker_knows_each_by_the_name_that_the_schedule_has(
    task: "Task[..., object]",
) -> None:
    assert task.name in {entry["task"] for entry in SCHEDULE.values()}
    assert task.name in app.tasks
