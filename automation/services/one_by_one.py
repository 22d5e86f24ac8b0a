"""What tasks do for many, each in a transaction of its own: one that fails stops no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError

logger = structlog.get_logger(__name__)

Key = TypeVar("Key")


def one_by_one(failed: str, keys: Iterable[Key], act: Callable[[Key], int]) -> int:
    """Act for each of these, and return the sum of what that returns.

    One that fails is told of in the server's log, under the name `failed`; the others are done, and
    then its error is raised, so that the task does not pass for done. Without a database nothing is
    tried any further.
    """
    total, errors = 0, list[Exception]()
    for key in keys:
        try:
            total += act(key)
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            # A row by its id: its name may be a customer's.
            logger.exception(failed, key=str(getattr(key, "pk", key)))
            errors.append(error)
    if errors:
        raise errors[0]
    return total
