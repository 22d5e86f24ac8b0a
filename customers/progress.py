"""The progress of a long batch, for its page to show. It lives in the cache, never as the truth.

Other long work has a text of its own in place of the batch's id.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.core.cache import cache

# A batch that has said nothing for so long has lost its worker.
SILENCE = 60
# Telling costs a journey to the cache.
EVERY = 0.2


@dataclass(slots=True)
class _Watch:
    key: str
    work: int
    done: int = 0
    told: float = field(default_factory=time.monotonic)


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)


def _key(batch_id: int | str) -> str:
    return f"progress-{batch_id}"


@contextmanager
def watching(batch_id: int | str, work: int) -> Iterator[None]:
    """Show rows that are read or written within as progress; `work` is their number."""
    watch = _Watch(_key(batch_id), max(work, 1))
    token = _watch.set(watch)
    cache.set(watch.key, 0.0, SILENCE)
    try:
        yield
    finally:
        _watch.reset(token)
        cache.delete(watch.key)


def advance(rows: int) -> None:
    """Tell that so many more rows were read or written, if anybody is watching."""
    watch = _watch.get()
    if watch is None:
        return
    watch.done += rows
    now = time.monotonic()
    if now - watch.told >= EVERY:
        watch.told = now
        # The commit is still to come.
        cache.set(watch.key, min(watch.done / watch.work, 0.99), SILENCE)


def share_done(batch_id: int | str) -> float | None:
    """Return the share that is done, from 0 to 1, or None while no worker is at it."""
    share: float | None = cache.get(_key(batch_id))
    return share


def shares_done(batch_ids: Iterable[int]) -> dict[int, float]:
    """Return the shares of those batches that a worker is at, by one question to the cache."""
    keys = {_key(pk): pk for pk in batch_ids}
    return {keys[key]: share for key, share in cache.get_many(keys).items()} if keys else {}
