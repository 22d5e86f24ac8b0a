import os
import time
from functools import cached_property
from typing import Any

import celery
import structlog
from celery import signals
from django.dispatch import receiver
from django.utils import translation
from django_structlog.celery.signals import bind_extra_task_metadata, pre_task_succeeded
from django_structlog.celery.steps import DjangoStructLogInitStep

from .serving import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")


class Celery(celery.Celery):
    """An app with our worker and beat, whatever command starts them."""

    @cached_property
    def Worker(self) -> Any:  # noqa: N802
        from .serving.programs import Worker

        return self.subclass_with_self(Worker)

    @cached_property
    def Beat(self) -> Any:  # noqa: N802
        from .serving.programs import Beat

        return self.subclass_with_self(Beat)


broker.mend()
app = Celery("partnerportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class LogStep(DjangoStructLogInitStep):
    """A step that puts the id of the request that a task comes from into all lines it logs."""

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        # django_structlog's app listens to these two already.
        signals.before_task_publish.disconnect(self.receiver.receiver_before_task_publish)
        signals.after_task_publish.disconnect(self.receiver.receiver_after_task_publish)


app.steps["worker"].add(LogStep)


@receiver(bind_extra_task_metadata)
def name_the_task(task: Any, **kwargs: Any) -> None:
    """Name the task in all of its lines, the last one too."""
    structlog.contextvars.bind_contextvars(task=task.name)


@receiver(pre_task_succeeded)
def tell_the_result(result: Any, **kwargs: Any) -> None:
    structlog.contextvars.bind_contextvars(result=result)


@signals.before_task_publish.connect
def send_the_language(headers: dict[str, Any], **kwargs: Any) -> None:
    """Send along in which language the user reads who had the task sent: it may write sentences."""
    headers["language"] = translation.get_language() or ""


@signals.task_prerun.connect
def speak_the_language(task: Any, **kwargs: Any) -> None:
    if language := task.request.get("language"):
        translation.activate(language)


@signals.task_postrun.connect
def speak_none(**kwargs: Any) -> None:
    translation.deactivate()


@signals.setup_logging.connect
def log_as_django_does(**kwargs: Any) -> None:
    """Do nothing: Celery sets up no logs of its own where this signal has a receiver."""


@signals.worker_init.connect
def refuse_other_logins(**kwargs: Any) -> None:
    # Late: the web server imports this module before its settings are read.
    from .serving.start import be_a_worker

    be_a_worker()


@signals.worker_ready.connect
def show_metrics(**kwargs: Any) -> None:
    from django.conf import settings

    if settings.METRICS_PORT:
        from .serving import metrics

        metrics.serve(settings.METRICS_PORT)


@signals.worker_init.connect
def count_tasks(**kwargs: Any) -> None:
    # Late: the models that it asks are loaded by now.
    from .serving import metrics as _metrics  # noqa: F401


@signals.heartbeat_sent.connect
def say_that_a_worker_lives(**kwargs: Any) -> None:
    from .serving import heartbeat

    now = time.monotonic()
    if now - _heard[0] >= heartbeat.EVERY:
        _heard[0] = now
        heartbeat.show(heartbeat.WORKER)
        heartbeat.give(heartbeat.WORKER)


_heard = [float("-inf")]
