"""How often programs may call, at whatever door: so many a minute, in a counter for each minute.

The limits of `limits.py`, made for passwords, keep a list of all tries. While Redis is away each
process counts by itself.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

MINUTE = 60


class TooMany(Exception):
    """The refusal of a call too many, until the next minute begins."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = seconds_left()


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of one door, by what is counted and whose it is."""

    door: str

    def count(self, kind: str, whose: str) -> int:
        """Count one more in this minute; return how many."""
        return self.count_seeing(kind, whose)[0]

    def count_seeing(self, kind: str, whose: str, *pairs: tuple[str, str]) -> list[int]:
        """Count one more in this minute; return how many, and how many of each other kind and
        whose were, by one message.
        """
        counters: Any = cache
        others = [self._key(*pair) for pair in pairs]
        counted: list[int] = counters.count(self._key(kind, whose), MINUTE * 2, others)
        return counted

    def counted(self, *pairs: tuple[str, str]) -> list[int]:
        """Return how many were counted in this minute of each kind and whose, by one message."""
        keys = [self._key(kind, whose) for kind, whose in pairs]
        found = cache.get_many(keys)
        return [int(found.get(key) or 0) for key in keys]

    def _key(self, kind: str, whose: str) -> str:
        # Whatever a caller sent of itself, the key is short and has no other letters.
        hashed = hashlib.sha256(whose.encode()).hexdigest()[:32]
        return f"{self.door}:{kind}:{hashed}:{int(time.time()) // MINUTE}"


def seconds_left() -> int:
    """Return after how many seconds the next minute begins."""
    return MINUTE - int(time.time()) % MINUTE
