"""The worker's and beat's side of the portal."""

from pathlib import Path

import pytest
import structlog
from celery import signals
from django.utils import translation
from pytest_django import Settings

from partnerportal import celery
from partnerportal.celery import app
from partnerportal.schedule import SCHEDULE
from partnerportal.serving import heartbeat, programs


def test_every_task_of_the_schedule_is_known() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_programs_are_the_portals_own() -> None:
    assert issubclass(app.Worker, programs.Worker)
    assert issubclass(app.Beat, programs.Beat)


def test_no_logs_are_set_up_besides_djangos() -> None:
    assert signals.setup_logging.has_listeners()


def test_lines_of_a_task_name_it_and_its_result() -> None:
    class Task:
        name = "accounts.tasks.run_batch"

    with structlog.contextvars.bound_contextvars():
        celery.name_the_task(Task())
        celery.tell_the_result(True)
        context = structlog.contextvars.get_contextvars()
        structlog.contextvars.unbind_contextvars("task", "result")
    assert (context["task"], context["result"]) == ("accounts.tasks.run_batch", True)


def test_a_task_speaks_the_language_of_who_had_it_sent() -> None:
    class Task:
        def __init__(self, **headers: str) -> None:
            self.request = headers

    with translation.override("fr"):
        headers: dict[str, str] = {}
        celery.send_the_language(headers)
    assert translation.get_language() == "en"
    celery.speak_the_language(Task(**headers))
    assert translation.get_language() == "fr"
    celery.speak_none()
    celery.speak_the_language(Task())
    assert translation.get_language() == "en"


def test_a_worker_says_that_it_lives_every_few_seconds(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HEARTBEAT_DIR = str(tmp_path)
    monkeypatch.setattr(celery, "_heard", [float("-inf")])
    celery.say_that_a_worker_lives()
    shown = tmp_path / "portal-worker"
    assert shown.exists()
    assert heartbeat.silence(heartbeat.WORKER) is not None
    shown.unlink()
    # Celery sends its heartbeat more often than anybody asks.
    celery.say_that_a_worker_lives()
    assert not shown.exists()
