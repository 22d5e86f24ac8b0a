"""Figures that Prometheus reads. Labels name pages, tasks and works, and no user.

The processes of a web server or worker count together by way of files, in the folder that
PROMETHEUS_MULTIPROC_DIR names before they start.

prometheus-client does the counting. django-prometheus would replace one middleware of this module,
knows nothing of tasks, queue and silence, and shows its page to everybody.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from celery import signals
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.core.handlers.wsgi import WSGIRequest
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from . import health

TYPE = "text/plain; version=0.0.4; charset=utf-8"
# What else is sent, a stranger may have made up.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

REQUESTS = Counter("portal_requests", "Requests.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "portal_request_seconds",
    "Seconds until the answer.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TASKS = Counter("portal_tasks", "Tasks that ended.", ["task", "state"])
TASK_SECONDS = Histogram(
    "portal_task_seconds",
    "Seconds that a task took.",
    ["task"],
    buckets=(0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300),
)
SIGN_INS_FAILED = Counter("portal_sign_ins_failed", "Sign-ins with a wrong name or password.")


class MetricsMiddleware:
    """Count each request by its page, method and status, never by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        REQUEST_SECONDS.labels(view).observe(time.perf_counter() - began)
        return response


class Status:
    """A collector of the figures of /health/status, which asks when Prometheus does."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = health.look_around()
        up = GaugeMetricFamily("portal_up", "1 when it answers.", labels=["service"])
        for service in ("database", "redis"):
            up.add_metric([service], float(found[service] == "ok"))
        yield up
        silence = GaugeMetricFamily(
            "portal_silence_seconds",
            "Since a worker or the acting beat was heard",
            labels=["who"],
        )
        for who, seconds in found["silence"].items():
            silence.add_metric([who], float("inf") if seconds is None else seconds)
        yield silence
        waiting = GaugeMetricFamily("portal_waiting", "What waits for a worker.", labels=["work"])
        oldest = GaugeMetricFamily(
            "portal_oldest_waiting_seconds", "How long the oldest waits.", labels=["work"]
        )
        for work, figures in found["waiting"].items():
            waiting.add_metric([work], figures["count"])
            oldest.add_metric([work], figures["oldest_seconds"])
        yield from (waiting, oldest)
        if found["queue"] is not None:
            yield GaugeMetricFamily("portal_queue_length", "Tasks in the queue.", found["queue"])


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell the figures of this web server, and of what all share, to those inside."""
    if not health.is_inside(request):
        return HttpResponse("Not found", content_type="text/plain", status=404)
    status = CollectorRegistry()
    status.register(Status())
    return HttpResponse(counted() + generate_latest(status), content_type=TYPE)


def counted() -> bytes:
    """Return the counts of all processes that share the folder, or else of this one."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def serve(port: int) -> None:
    """Show the counts of a worker at a port of its own, to the same token."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        inside = health.is_inside(WSGIRequest(environ))
        start_response("200 OK" if inside else "404 Not Found", [("Content-Type", TYPE)])
        return [counted() if inside else b"Not found\n"]

    server = make_server("", port, application, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Log nothing: a question every few seconds is no news."""


@receiver(user_login_failed)
def count_failed_sign_in(**kwargs: Any) -> None:
    SIGN_INS_FAILED.inc()


@signals.task_prerun.connect
def begin_task(task: Any, **kwargs: Any) -> None:
    task.request.portal_began = time.perf_counter()


@signals.task_postrun.connect
def count_task(task: Any, state: str | None = None, **kwargs: Any) -> None:
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
    if began := getattr(task.request, "portal_began", None):
        TASK_SECONDS.labels(task.name).observe(time.perf_counter() - began)
