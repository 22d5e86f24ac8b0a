"""Tells an outage, which passes, from a mistake of ours, which does not."""

import errno
import sys
from http import HTTPStatus

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_SECONDS = 30
# Of PostgreSQL: shutting down, starting, full, read-only while another server takes over.
_AWAY = {"57P01", "57P02", "57P03", "53100", "53300", "25006"}
_CONNECTION = "08"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what went wrong; asks neither database nor session."""
    if not passes(sys.exc_info()[1]):
        return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    response = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def passes(error: BaseException | None) -> bool:
    """Whether it is nobody's mistake, and the same request may work in a minute."""
    if isinstance(error, DatabaseError | InterfaceError):
        return _database_is_away(error)
    return isinstance(error, ConnectionError) or (
        isinstance(error, OSError) and error.errno in _NO_ROOM
    )


def _database_is_away(error: Exception) -> bool:
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        # SQLite's one writer was busy for too long.
        return isinstance(error, OperationalError) and "locked" in str(error)
    state = cause.sqlstate
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state in _AWAY or state.startswith(_CONNECTION)
