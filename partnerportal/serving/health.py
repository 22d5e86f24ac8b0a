"""Answers to three questions: does the process answer, can it serve, is all well around it?

Only the first two are a balancer's: a stopped worker or Redis takes no web server out of it.

Packages ask whether each part answers now, which is twenty lines here. How long worker and beat
have been silent and how long work has waited is what alarms need, and no package tells.
"""

import hmac
from dataclasses import asdict
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.queries import backlog
from automation.queries import backlog as automation_backlog
from uploads import backlog as upload_backlog

from . import heartbeat

SILENT_SECONDS = 60
WAITING_SECONDS = 600
QUEUE = "celery"

# Once applied, migrations stay so: this process need not read them all at each probe.
_migrated = False


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers, without asking database or queue."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: the database answers and is as new as this code."""
    problem = why_not_ready()
    return HttpResponse(problem or "ok", content_type="text/plain", status=503 if problem else 200)


@login_not_required
@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Tell all that an alarm asks, to those inside; with 503 while `alarms` names anything."""
    if not is_inside(request):
        return HttpResponse("Not found", content_type="text/plain", status=404)
    found = look_around()
    return JsonResponse(found, status=503 if found["alarms"] else 200)


def is_inside(request: HttpRequest) -> bool:
    """Return whether the request has the token, as addresses tell nothing behind a proxy.

    `make run` has no token, and answers all.
    """
    if not settings.MONITORING_TOKEN:
        return bool(settings.EMBEDDED)
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.MONITORING_TOKEN}"
    return hmac.compare_digest(given.encode(), expected.encode())


def why_not_ready() -> str:
    global _migrated  # noqa: PLW0603 - it is the process that has seen it
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _migrated = _migrated or not missing_migrations()
    except DatabaseError:
        return "The database does not answer."
    return "" if _migrated else "Migrations are missing: run the step “migrate”."


def missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def look_around() -> dict[str, Any]:
    database = why_not_ready()
    queued = queue_length()
    found: dict[str, Any] = {
        "database": database or "ok",
        "redis": "ok" if queued is not None else "Redis does not answer.",
        "queue": queued,
        "silence": {who: heartbeat.silence(who) for who in (heartbeat.WORKER, heartbeat.BEAT)},
        "waiting": {} if database else waiting(),
    }
    return found | {"alarms": alarms(found)}


def waiting() -> dict[str, dict[str, Any]]:
    """Return how much waits for a worker, and for how long, by the kind of work."""
    works = backlog.waiting() | upload_backlog.waiting() | automation_backlog.waiting()
    return {name: asdict(work) for name, work in works.items()}


def queue_length() -> int | None:
    """Return how many tasks no worker has taken; None while Redis is away."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None
    )
    try:
        with client:
            return int(str(client.llen(QUEUE)))
    except redis.RedisError:
        return None


def alarms(found: dict[str, Any]) -> list[str]:
    """Return the names of what is wrong, by which docs/operations.md explains it."""
    silent = [
        name
        for name, seconds in found["silence"].items()
        if seconds is None or seconds > SILENT_SECONDS
    ]
    waits = [
        name for name, work in found["waiting"].items() if work["oldest_seconds"] > WAITING_SECONDS
    ]
    away = [name for name in ("database", "redis") if found[name] != "ok"]
    return [*away, *silent, *waits]
