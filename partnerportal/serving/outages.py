"""The page of an error, which tells an outage, which passes, from a mistake of ours."""

import errno
import re
import sys
from http import HTTPStatus

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from api.v1.errors import error_answer

RETRY_SECONDS = 30
# Addresses whose callers read no pages: those of the API, and those of sources.
FOR_SCRIPTS, FOR_SOURCES = ("/v1/", "/webhooks/v1/", "/auditactivity/v1/"), "/scim/"
# Where scripts get their tokens, below the domain of each partner.
_TOKEN = re.compile(r"/oauth2/(?:v2\.0/)?token$")
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
BUSY = "The portal can't answer right now. Try again in a moment."
BROKEN = "Something went wrong in the portal. Nothing was changed."
# Of PostgreSQL: shutting down, starting, full, read-only while another server takes over.
_AWAY = {"57P01", "57P02", "57P03", "53100", "53300", "25006"}
_CONNECTION = "08"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for what went wrong, without asking database or session; JSON to scripts."""
    is_outage = passes(sys.exc_info()[1])
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_outage else HTTPStatus.INTERNAL_SERVER_ERROR
    text = BUSY if is_outage else BROKEN
    response: HttpResponse
    if request.path.startswith(FOR_SCRIPTS):
        response = error_answer(status, status, text)
    elif request.path.startswith(FOR_SOURCES):
        told = {"schemas": [SCIM_ERROR], "status": str(int(status)), "detail": text}
        response = JsonResponse(told, status=status, content_type="application/scim+json")
    elif _TOKEN.search(request.path):
        error = "temporarily_unavailable" if is_outage else "server_error"
        response = JsonResponse({"error": error, "error_description": text}, status=status)
    else:
        response = HttpResponse(render_to_string(f"{int(status)}.html"), status=status)
    if is_outage:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def passes(error: BaseException | None) -> bool:
    """Return whether an error is no mistake of ours, and the request may work in a minute."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return isinstance(error, ConnectionError) or (
            isinstance(error, OSError) and error.errno in _NO_ROOM
        )
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        # SQLite's one writer was busy for too long.
        return isinstance(error, OperationalError) and "locked" in str(error)
    state = cause.sqlstate
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state in _AWAY or state.startswith(_CONNECTION)
