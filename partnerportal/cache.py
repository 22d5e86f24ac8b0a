"""The cache of all web processes, and what is left of it while Redis is away."""

import time
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

# After a failure Redis is left alone for so many seconds: a sign-in asks it a dozen times, and
# each would wait for an answer.
PAUSE = 2.0
# One process remembers so many keys by itself; beyond that the oldest go.
OWN_ENTRIES = 50_000

# Until when which server is left alone, on the monotonic clock; for all threads.
_away: dict[str, float] = {}


class SharedCache(RedisCache):
    """Redis; while it does not answer, a memory of this process alone.

    Rate limits then count per process, which is weaker, but nobody is kept out by an outage.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        own = {**params, "OPTIONS": {"MAX_ENTRIES": OWN_ENTRIES}}
        self._own = LocMemCache("shared-cache-fallback", own)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("incr", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("has_key", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete_many", *args, **kwargs)

    def clear(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("clear", *args, **kwargs)

    def _try(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away.get(self._server, 0.0):
            try:
                return getattr(super(), verb)(*args, **kwargs)
            except RedisError as error:
                _away[self._server] = time.monotonic() + PAUSE
                logger.warning("cache_away", error=type(error).__name__, seconds=PAUSE)
        return getattr(self._own, verb)(*args, **kwargs)
