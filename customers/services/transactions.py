"""The transaction of a service, which the database may ask to have done again."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

from ..errors import Refused
from ..said import gettext as _

Given = ParamSpec("Given")
Result = TypeVar("Result")

TRIES = 3
# PostgreSQL: deadlock detected, serialization failure, lock not available.
# The last is our own: what was left to the commit could not be done (messages.send_with_commit).
AGAIN = {"40P01", "40001", "55P03", "PS001"}

# The database has asked for the service to be run again, and so it is.
again: ContextVar[bool] = ContextVar("again", default=False)


def transactional(service: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a service in a transaction, and once more when it was the victim of a deadlock.

    Everybody takes locks in one order, so that this is rare; two actors who write the same user
    names in a different order still can. Raise Refused when the database stays busy. The
    arguments must bear being read twice: no generators.
    """

    @wraps(service)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if connection.in_atomic_block:
            with transaction.atomic():
                return service(*args, **kwargs)
        # SQLite has waited its time-out already.
        for attempt in range(1 if connection.vendor == "sqlite" else TRIES):
            token = again.set(attempt > 0)
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except DatabaseError as error:
                if not _is_busy(error):
                    raise
            finally:
                again.reset(token)
        raise Refused(
            _("Others are changing the same users right now. Try again in a moment."), code="busy"
        )

    return run


def _is_busy(error: DatabaseError) -> bool:
    if connection.vendor == "sqlite":
        return isinstance(error, OperationalError) and "locked" in str(error)
    return getattr(error.__cause__, "sqlstate", None) in AGAIN
