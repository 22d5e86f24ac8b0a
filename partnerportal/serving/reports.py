"""Errors that go to Sentry, or what speaks its protocol, if SENTRY_DSN says where.

Of a user only the number goes there: no name, address, cookie, form or search.
"""

from typing import Any

import structlog

from .logs import quoting_nobody

_KEPT_OF_REQUEST = ("method", "url")


def start(dsn: str) -> None:
    # Late: only with a DSN one needs the package, which requirements-production.lock has.
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="portal",
        before_send=scrubbed,
    )


def scrubbed(event: Any, hint: Any) -> Any:
    """Return what may leave of an event: what happened where, to a number, under the log's id."""
    for part in ("breadcrumbs", "extra", "server_name"):
        event.pop(part, None)
    request = event.pop("request", None) or {}
    event["request"] = {name: request[name] for name in _KEPT_OF_REQUEST if name in request}
    if "url" in request:
        event["request"]["url"] = request["url"].partition("?")[0]
    event["user"] = {"id": (event.get("user") or {}).get("id")}
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    event["tags"] = {**(event.get("tags") or {}), "request_id": request_id}
    for error in (event.get("exception") or {}).get("values", []):
        error["value"] = quoting_nobody(error.get("value") or "")
        for frame in (error.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    entry = event.get("logentry") or {}
    # A message's parameters are in the message as well.
    entry.pop("params", None)
    for name, text in entry.items():
        entry[name] = quoting_nobody(str(text))
    return event
