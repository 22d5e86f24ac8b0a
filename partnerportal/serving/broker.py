"""Redis as Celery's broker, and what kombu 5.7 gets wrong when it goes away.

Celery closes a broken connection twice. The second time kombu hands back the tasks in progress by
a channel whose connection has no client any more, and the acknowledgment of a task that ends
later goes the same way: an AttributeError, which nobody expects there, ends the worker. To all of
them a lost connection is nothing new, so that is what they are told.
"""

from importlib.metadata import version
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as Lost

# The versions that need it; tests/operations/test_broker_away.py tells when one has mended it.
NEEDED = version("kombu").startswith("5.7.")


class Channel(redis.Channel):
    """A channel that says of a connection which is gone that it is lost."""

    def _connparams(self, *args: Any, **kwargs: Any) -> Any:
        if getattr(self.connection, "client", None) is None:
            raise Lost("The connection of this channel is closed.")
        return super()._connparams(*args, **kwargs)  # type: ignore[misc]


class Transport(redis.Transport):
    Channel = Channel


def mend() -> None:
    """Have Celery use these classes. Call before the first connection, which looks them up."""
    if NEEDED:
        for scheme in ("redis", "rediss"):
            TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
