"""One line an event, with the request's id, in the web server, its tasks and the commands.

No name, password or search ends up here: a line has ids, and addresses without their query.
"""

import re
import traceback
from types import TracebackType
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404

# PostgreSQL quotes the row that it refuses, which is about a person and may have line breaks.
_QUOTES = re.compile(
    r"(DETAIL|CONTEXT):  .*?(?=\n\n(?:The above exception was|During handling of)|\Z)", re.DOTALL
)

_STAMP: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_log_level,
]


def logging(level: str, *, as_json: bool) -> dict[str, Any]:
    """The dictionary for Django's LOGGING; structlog's own lines end there too."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_STAMP,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for_people = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            _answered,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _quote_nobody,
            structlog.processors.ExceptionRenderer(_told),
            structlog.processors.JSONRenderer() if as_json else for_people,
        ],
        "foreign_pre_chain": _STAMP,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        # The last seal of the activity log is kept outside the database too, whatever the level.
        "loggers": {"customers.services.sealing": {"level": "INFO"}},
        "root": {"handlers": ["console"], "level": level},
    }


def quoting_nobody(text: str) -> str:
    return _QUOTES.sub(r"\1: left out", text)


def _answered(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A 403 or 404 is an answer and no error: the line that Django writes of it says all."""
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
