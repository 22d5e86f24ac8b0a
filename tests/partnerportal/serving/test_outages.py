"""An outage, which passes, is told from a mistake, which does not."""

import errno
import json
from http import HTTPStatus

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from psycopg import errors

from partnerportal.serving.outages import RETRY_SECONDS, passes, server_error


def caused(error: Exception, cause: BaseException | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        caused(OperationalError("gone"), psycopg.OperationalError("server closed")),
        caused(InterfaceError("closed"), psycopg.InterfaceError("connection is closed")),
        caused(OperationalError("stopping"), errors.AdminShutdown("shutting down")),
        caused(OperationalError("starting"), errors.CannotConnectNow("starting up")),
        caused(OperationalError("full"), errors.TooManyConnections("too many")),
        caused(DatabaseError("full"), errors.DiskFull("no space")),
        caused(DatabaseError("standby"), errors.ReadOnlySqlTransaction("read-only")),
        caused(OperationalError("lost"), errors.ConnectionFailure("lost")),
        OperationalError("database is locked"),
        ConnectionResetError(),
        ConnectionError("The bucket does not answer"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
    ],
    ids=repr,
)
def test_an_outage_passes(error: BaseException) -> None:
    assert passes(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("a mistake"),
        KeyError("name"),
        IntegrityError("twice"),
        caused(IntegrityError("twice"), errors.UniqueViolation("twice")),
        caused(DatabaseError("none"), errors.UndefinedTable("no such table")),
        caused(DatabaseError("unknown"), psycopg.Error("unknown")),
        OperationalError("no such table"),
        PermissionError(errno.EACCES, "Permission denied"),
        FileNotFoundError(errno.ENOENT, "No such file"),
    ],
    ids=repr,
)
def test_a_mistake_does_not(error: BaseException | None) -> None:
    assert not passes(error)


def answer_to(error: Exception, path: str = "/") -> HttpResponse:
    """The page that stands where a view has failed so."""
    try:
        raise error
    except type(error):
        return server_error(RequestFactory().get(path))


def test_a_mistake_is_answered_without_a_promise() -> None:
    response = answer_to(ValueError("violet"))
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Retry-After" not in response.headers
    assert b"violet" not in response.content


def test_an_outage_says_when_to_come_again() -> None:
    response = answer_to(ConnectionError())
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.headers["Retry-After"] == str(RETRY_SECONDS)


@pytest.mark.parametrize("path", ["/v1/customers", "/webhooks/v1/registration"])
def test_scripts_are_answered_as_the_api_refuses(path: str) -> None:
    response = answer_to(ConnectionError(), path)
    told = json.loads(response.content)
    assert response.headers["Retry-After"] == str(RETRY_SECONDS)
    assert (told["code"], told["data"], told["source"]) == (503, [], "PartnerPortal")
    assert told["description"].startswith("The portal can't answer right now.")
    broken = json.loads(answer_to(ValueError("violet"), path).content)
    assert (broken["code"], "violet" in broken["description"]) == (500, False)


def test_sources_are_answered_as_scim_has_it() -> None:
    response = answer_to(ConnectionError(), "/scim/1/v2/Users")
    assert response.headers["Content-Type"] == "application/scim+json"
    assert json.loads(response.content) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "503",
        "detail": "The portal can't answer right now. Try again in a moment.",
    }
    assert json.loads(answer_to(ValueError(), "/scim/1/v2/Users").content)["status"] == "500"


@pytest.mark.parametrize("path", ["fabrikam.example/oauth2/v2.0/token", "t/x.example/oauth2/token"])
def test_who_asks_for_a_token_is_answered_as_oauth_has_it(path: str) -> None:
    response = answer_to(ConnectionError(), f"/{path}")
    assert response.headers["Retry-After"] == str(RETRY_SECONDS)
    assert json.loads(response.content) == {
        "error": "temporarily_unavailable",
        "error_description": "The portal can't answer right now. Try again in a moment.",
    }
    assert json.loads(answer_to(ValueError(), f"/{path}").content)["error"] == "server_error"
