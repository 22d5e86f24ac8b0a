"""The part of a process towards the database: web server, worker, or a command.

Web server and worker refuse a login that row-level security does not hold, at their start and, for
a database that was away then, at each new connection.
"""

from collections.abc import MutableMapping

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from customers import scope

from . import logs

# They change tables, which only the owner may.
OWNERS_COMMANDS = {"migrate"}

logger = structlog.get_logger(__name__)


def be_a_command(name: str, environment: MutableMapping[str, str]) -> None:
    """Have the owner's commands sign in as the owner, before the settings are read."""
    if name not in OWNERS_COMMANDS:
        scope.process.scope = scope.TASKS
    elif owner := environment.get("DATABASE_OWNER_URL"):
        environment["DATABASE_URL"] = owner


def be_a_web_server() -> None:
    """See nothing outside of requests. Raise ImproperlyConfigured where the login is not fit."""
    _be(scope.NOBODY)


def be_a_worker() -> None:
    """See what tasks see. Raise SystemExit, as Celery carries on after any other exception."""
    try:
        _be(scope.TASKS)
    except ImproperlyConfigured as error:
        logs.say_not_started(error)
        raise SystemExit(1) from error


def _be(outside: scope.Scope) -> None:
    scope.process.scope, scope.process.guarded = outside, True
    if connection.vendor != "postgresql":
        return
    try:
        connection.ensure_connection()
    except OperationalError as error:
        logger.warning("database_away", error=str(error))
    finally:
        # A process that forks must not hand an open connection on.
        connection.close()
