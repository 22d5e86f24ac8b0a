"""The cache of all web processes, and what is left of it while Redis is away.

django-redis can ignore that Redis is away, and then remembers nothing: rate limits would end, and
each of a dozen questions of a sign-in would wait for its answer.
"""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

# After a failure Redis is left alone for so many seconds: a sign-in asks it a dozen times, and
# each would wait for an answer.
PAUSE = 2.0
OWN = "shared-cache-fallback"
# One process remembers so many keys by itself; beyond that the oldest go.
OWN_ENTRIES = 50_000

_NOTHING = object()

# Until when which server is left alone, on the monotonic clock; for all threads.
_away: dict[str, float] = {}


class Unreadable(Exception):
    """A value in Redis that was not written by this version of the portal."""


class JsonSerializer:
    """A serializer that runs nothing it reads, as pickle would. Integers stay bare."""

    def dumps(self, value: Any) -> Any:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise Unreadable from None


class _Client(RedisCacheClient):
    """A client that is kept: Django makes one for each message, which takes as long as that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class _Redis(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def count(self, key: str, seconds: int, seeing: Sequence[str] = ()) -> list[int]:
        """Count one more; return how many, and what the other counters are at.

        The counter ends so long after its first: one message, where `add` and `incr` are three.
        """
        full = self.make_and_validate_key(key)
        client: Any = self._cache.get_client(full, write=True)
        with client.pipeline(transaction=False) as asked:
            asked.set(full, 0, ex=seconds, nx=True)
            asked.incr(full)
            if seeing:
                asked.mget([self.make_and_validate_key(other) for other in seeing])
            _is_new, counted, *others = asked.execute()
        # Where nothing was counted there is none, or something that is no number.
        texts = [value or b"" for found in others for value in found]
        return [int(counted), *(int(text) if text.isdigit() else 0 for text in texts)]


class _Own(LocMemCache):
    def count(self, key: str, seconds: int, seeing: Sequence[str] = ()) -> list[int]:
        self.add(key, 0, seconds)
        try:
            counted = self.incr(key)
        except ValueError:
            # Others filled the memory between the two.
            counted = 1
        return [counted, *(int(self.get(other, 0)) for other in seeing)]


class SharedCache(_Redis):
    """A cache in Redis and, while that does not answer, in the memory of this process alone.

    Rate limits then count per process, which is weaker, but nobody is kept out by an outage.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        own = {**params, "OPTIONS": {"MAX_ENTRIES": OWN_ENTRIES}}
        self._own = _Own(OWN, own)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("add", *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return self._try("get", key, default, version)
        except Unreadable:
            return default

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("incr", *args, **kwargs)

    def count(self, *args: Any, **kwargs: Any) -> list[int]:
        found: list[int] = self._try("count", *args, **kwargs)
        return found

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("has_key", *args, **kwargs)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        keys = list(keys)
        with suppress(Unreadable):
            return self._try("get_many", keys, version)
        found = {key: self.get(key, _NOTHING, version) for key in keys}
        return {key: value for key, value in found.items() if value is not _NOTHING}

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete_many", *args, **kwargs)

    def clear(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("clear", *args, **kwargs)

    def _try(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away.get(self._server, 0.0):
            try:
                return getattr(super(), method)(*args, **kwargs)
            except RedisError as error:
                _away[self._server] = time.monotonic() + PAUSE
                logger.warning("cache_away", error=type(error).__name__, seconds=PAUSE)
        return getattr(self._own, method)(*args, **kwargs)
