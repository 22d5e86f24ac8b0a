import os
import time
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep

from . import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")

broker.mend()
app = Celery("partnerportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The id of the request that a task comes from is in all lines that it logs.
app.steps["worker"].add(DjangoStructLogInitStep)


@signals.setup_logging.connect
def log_as_django_does(**kwargs: Any) -> None:
    """Celery sets up no logs of its own where this signal has a receiver."""


@signals.worker_init.connect
def refuse_other_logins(**kwargs: Any) -> None:
    # Late: the web server imports this module before its settings are read.
    from .start import be_a_worker

    be_a_worker()


@signals.worker_ready.connect
def show_metrics(**kwargs: Any) -> None:
    from django.conf import settings

    if settings.METRICS_PORT:
        from . import metrics

        metrics.serve(settings.METRICS_PORT)


@signals.worker_init.connect
def count_tasks(**kwargs: Any) -> None:
    # Late: the models that it asks are loaded by now.
    from . import metrics as _metrics  # noqa: F401


@signals.heartbeat_sent.connect
def say_that_a_worker_lives(**kwargs: Any) -> None:
    from . import heartbeat

    now = time.monotonic()
    if now - _heard[0] >= heartbeat.EVERY:
        _heard[0] = now
        heartbeat.show(heartbeat.WORKER)
        heartbeat.give(heartbeat.WORKER)


_heard = [float("-inf")]
