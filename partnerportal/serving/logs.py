"""Lines of the log: one an event, with the request's id, of web server, tasks and commands.

No name, password or search ends up here: a line has ids, and addresses without their query.
"""

import logging as stdlib
import os
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404
from environ import Env

from ..schedule import OFTEN, SCHEDULE

# PostgreSQL quotes the row that it refuses, which is about a user and may have line breaks.
_QUOTES = re.compile(
    r"(DETAIL|CONTEXT):  .*?(?=\n\n(?:The above exception was|During handling of)|\Z)", re.DOTALL
)

# What beat sends by itself is told when it is over, and what it sends often if anything was done.
_ROUTINE = {entry["task"] for entry in SCHEDULE.values()}
_BEGINNINGS = {"task_enqueued": "child_task_name", "task_started": "task"}

_LOGGERS: dict[str, dict[str, Any]] = {
    # The last seal of the activity log is kept outside the database too, whatever the level.
    "customers.services.sealing": {"level": "INFO"},
    "django.request": {"filters": ["polls"]},
    # What these say of a task, django-structlog's lines say too, with its ids.
    "celery.app.trace": {"level": "CRITICAL"},
    "celery.beat": {"level": "WARNING"},
    "celery.worker.request": {"level": "WARNING"},
    "celery.worker.strategy": {"level": "WARNING"},
    # At DEBUG it writes codes and tokens.
    "oauthlib": {"level": "INFO"},
    # They write addresses, in which a search has the name of whom it is for.
    "httpcore2": {"level": "WARNING"},
    "httpx2": {"level": "WARNING"},
    # Gunicorn has handlers of its own.
    "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
}

_STAMP: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_log_level,
]


def logging(level: str, *, as_json: bool) -> dict[str, Any]:
    """Return the dictionary for Django's LOGGING; structlog's own lines end there too."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_STAMP,
            _routine,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            _answered,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _quote_nobody,
            structlog.processors.ExceptionRenderer(_told),
            _renderer(as_json=as_json),
        ],
        "foreign_pre_chain": _STAMP,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "filters": {"polls": {"()": "django.utils.log.CallbackFilter", "callback": _is_no_poll}},
        "loggers": _LOGGERS,
        "root": {"handlers": ["console"], "level": level},
    }


def wants_json() -> bool:
    """Read LOG_JSON before there are settings, which may be what goes wrong."""
    given = os.environ.get("LOG_JSON", "").lower()
    return given in Env.BOOLEAN_TRUE_STRINGS if given else bool(os.environ.get("DATABASE_URL"))


def say(event: str, *, level: str = "info", **fields: Any) -> None:
    """Write a line past the logging module, which a signal may have caught in another line."""
    if not stdlib.getLogger().isEnabledFor(stdlib.getLevelNamesMapping()[level.upper()]):
        return
    line: Any = {"event": event, "level": level, **fields}
    line = structlog.processors.TimeStamper(fmt="iso")(None, "", line)
    text = _renderer(as_json=wants_json())(None, "", line)
    os.write(2, f"{text}\n".encode())


def end_in_one_line() -> None:
    """Make a line of an error that ends this process; of wrong settings it is what is wrong."""

    def end(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, ImproperlyConfigured):
            say_not_started(error)
        elif not wants_json() or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, where)
        else:
            say("process_failed", level="critical", exception=_told((kind, error, where)))

    # Warnings of Python and its libraries are lines as well.
    stdlib.captureWarnings(capture=True)
    sys.excepthook = end


def say_not_started(error: BaseException) -> None:
    """Say that settings or login are wrong: a line, or words for a user who typed a command."""
    if sys.stderr.isatty() or not wants_json():
        sys.stderr.write(f"{error}\n")
    else:
        say("not_started", level="critical", error=str(error))


def _renderer(*, as_json: bool) -> Any:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])


def _is_no_poll(record: stdlib.LogRecord) -> bool:
    """Return whether a line is no probe's no, which every few seconds drowns all other."""
    path = getattr(getattr(record, "request", None), "path_info", "")
    return not (path.startswith("/health/") and getattr(record, "status_code", 0) == 503)


def _routine(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop the lines of what beat sends that say nothing new."""
    name = event["event"]
    if name in _BEGINNINGS and event.get(_BEGINNINGS[name]) in _ROUTINE:
        raise structlog.DropEvent
    if event.get("task") in OFTEN and (
        name == "task_revoked" or (name == "task_succeeded" and not event.get("result"))
    ):
        raise structlog.DropEvent
    return event


def quoting_nobody(text: str) -> str:
    """Return the text without the rows that PostgreSQL quotes in it."""
    return _QUOTES.sub(r"\1: left out", text)


def _answered(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop the traceback of a 403 or 404, an answer of which Django's own line says all."""
    if event["_record"].name == "django.request":
        _type, error, _where = event.get("exc_info") or (None, None, None)
        if isinstance(error, Http404 | PermissionDenied):
            del event["exc_info"]
    return event


def _quote_nobody(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = quoting_nobody(value)
        elif isinstance(value, BaseException) and key != "exc_info":
            # Its text follows with its traceback.
            event[key] = type(value).__name__
    return event


def _told(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    return quoting_nobody("".join(traceback.format_exception(*exc_info)).rstrip())
