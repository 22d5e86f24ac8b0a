"""How far a long batch is, for its page to show. It lives in the cache and is never the truth.

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
    """Within, whatever reads or writes rows tells of them; `work` is how many it will be."""
    watch = _Watch(_key(batch_id), max(work, 1))
    token = _watch.set(watch)
    cache.set(watch.key, 0.0, SILENCE)
    try:
        yield
    finally:
        _watch.reset(token)
        cache.delete(watch.key)


def advance(rows: int) -> None:
    """So many more rows are read or written; nobody may be watching."""
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
    """From 0 to 1; None while nobody works on it, as far as the cache knows."""
    share: float | None = cache.get(_key(batch_id))
    return share


def shares_done(batch_ids: Iterable[int]) -> dict[int, float]:
    """As share_done, of those that somebody works on; one question for all."""
    keys = {_key(pk): pk for pk in batch_ids}
    return {keys[key]: share for key, share in cache.get_many(keys).items()} if keys else {}
