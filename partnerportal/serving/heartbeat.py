"""A worker and the acting beat say every few seconds that they live; in the cache, for alarms."""

import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

EVERY = 5
WORKER = "worker"
BEAT = "beat"


def give(who: str) -> None:
    cache.set(_key(who), time.time(), None)


def show(who: str) -> None:
    """That this very process lives, on its own machine; a beat that stands by lives too."""
    if settings.HEARTBEAT_DIR:
        (Path(settings.HEARTBEAT_DIR) / f"portal-{who}").touch()


def silence(who: str) -> float | None:
    """Seconds since any of them was heard; None if the cache knows of none."""
    heard: float | None = cache.get(_key(who))
    return None if heard is None else max(time.time() - heard, 0.0)


def _key(who: str) -> str:
    return f"heartbeat-{who}"
