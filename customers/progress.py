"""The progress of a long batch, for its page to show. It lives in the cache, never as the truth.

Other long work has a text of its own in place of the batch's id.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from django.core.cache import cache

# A batch that has said nothing for so long has lost its worker.
SILENCE = 60
# A batch by its id, or other work by its text.
Batch = TypeVar("Batch", int, str)
# Telling costs a journey to the cache.
EVERY = 0.2


class Stage(StrEnum):
    """A part of the work that a page names; "" is all the rest."""

    REST = ""
    PASSWORDS = "passwords"


class Told(NamedTuple):
    """The share of the work that is done, from 0 to 1, and what is being done."""

    share: float
    stage: Stage


@dataclass(slots=True)
class _Watch:
    key: str
    work: int
    done: int = 0
    stage: Stage = Stage.REST
    told: float = field(default_factory=time.monotonic)

    def tell(self) -> None:
        self.told = time.monotonic()
        # The commit is still to come.
        told: dict[str, float | str] = {self.key: min(self.done / self.work, 0.99)}
        if self.stage:
            told[_stage(self.key)] = self.stage
        cache.set_many(told, SILENCE)


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)


def _key(batch_id: int | str) -> str:
    return f"progress-{batch_id}"


def _stage(key: str) -> str:
    return f"{key}-stage"


@contextmanager
def watching(batch_id: int | str, work: int) -> Iterator[None]:
    """Show rows that are read or written within as progress; `work` is their number.

    What is watched already goes on as it is.
    """
    watch, outer = _Watch(_key(batch_id), max(work, 1)), _watch.get()
    if outer is not None and outer.key == watch.key:
        yield
        return
    token = _watch.set(watch)
    watch.tell()
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
    if time.monotonic() - watch.told >= EVERY:
        watch.tell()


@contextmanager
def at(stage: Stage) -> Iterator[None]:
    """Name what is being done within, if anybody is watching."""
    watch = _watch.get()
    if watch is None:
        yield
        return
    watch.stage = stage
    watch.tell()
    try:
        yield
    finally:
        watch.stage = Stage.REST
        cache.delete(_stage(watch.key))


def told_of_each(batch_ids: Iterable[Batch]) -> dict[Batch, Told]:
    """Return how far those batches are that a worker is at, by one question to the cache."""
    keys = {pk: _key(pk) for pk in batch_ids}
    asked = [name for key in keys.values() for name in (key, _stage(key))]
    found = cache.get_many(asked) if asked else {}
    return {
        pk: Told(found[key], Stage(found.get(_stage(key), Stage.REST)))
        for pk, key in keys.items()
        if key in found
    }


def share_done(batch_id: int | str) -> float | None:
    """Return the share that is done, from 0 to 1, or None while no worker is at it."""
    share: float | None = cache.get(_key(batch_id))
    return share
