"""Signs of life that workers and the acting beat leave in the cache every few seconds."""

import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

EVERY = 5
WORKER = "worker"
BEAT = "beat"


def give(who: str) -> None:
    """Tell alarms that a worker, or the acting beat, lives."""
    cache.set(_key(who), time.time(), None)


def show(who: str) -> None:
    """Show on its own machine that this very process lives, as does a beat that stands by."""
    if settings.HEARTBEAT_DIR:
        (Path(settings.HEARTBEAT_DIR) / f"portal-{who}").touch()


def silence(who: str) -> float | None:
    """Return the seconds since any of them was heard; None if the cache knows of none."""
    heard: float | None = cache.get(_key(who))
    return None if heard is None else max(time.time() - heard, 0.0)


def _key(who: str) -> str:
    return f"heartbeat-{who}"
