"""The scheduler of beats, of which the one that holds a lock in Redis acts and others stand by.

The lock saves work, never correctness: what beat sends finds its own rows, locked. It lies in
Redis because the queue does: a beat that can't reach the one can't send to the other.

celery-redbeat 2.4.2 was tried beside this one. It takes over as well when a beat is killed, and
keeps when each entry ran; but it ends with an error whenever it no longer has its lock, after Redis
was flushed, restarted or away, and when it is stopped while it waits for an answer. Of two, the one
that stands by waits where it can't say that it lives. What would be left to write is this module
without LAST_RUNS.
"""

import signal
from datetime import UTC, datetime
from typing import Any

import redis
import structlog
from celery import signals
from celery.beat import ScheduleEntry, Scheduler, Service
from django.conf import settings
from django.utils.encoding import force_str
from redis.exceptions import LockError

from . import heartbeat

logger = structlog.get_logger(__name__)

LOCK = "beat-acting"
# When each entry was sent last, by whichever beat: the next one to act goes on from there.
LAST_RUNS = "beat-last-runs"
# So long nobody acts after the acting beat was killed; one that is stopped hands over at once.
LOCK_SECONDS = 15
TICK_SECONDS = 3


class OneActs(Scheduler):
    """A scheduler that keeps nothing on a disk, so that beat can be started anywhere."""

    max_interval = TICK_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.redis = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        )
        self.lock = self.redis.lock(LOCK, timeout=LOCK_SECONDS, thread_local=False)
        self.acts = False
        self.ends = False
        super().__init__(*args, **kwargs)
        self.max_interval = TICK_SECONDS

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if this beat acts; return the seconds until the next tick."""
        if self.ends:
            # Something has swallowed the exit: it came in the midst of a library's work.
            raise SystemExit
        heartbeat.show(heartbeat.BEAT)
        if not self._holds_the_lock():
            return TICK_SECONDS
        heartbeat.give(heartbeat.BEAT)
        return min(float(super().tick(*args, **kwargs)), TICK_SECONDS)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        super().apply_entry(entry, producer=producer)
        now = datetime.now(UTC).isoformat()
        try:
            self.redis.hset(LAST_RUNS, str(entry.name), now)
        except redis.RedisError:
            logger.warning("last_run_not_kept", entry=entry.name)

    def close(self) -> None:
        super().close()
        if self.acts:
            self.acts = False
            try:
                self.lock.release()
            except (redis.RedisError, LockError):
                logger.warning("beat_lock_not_released")

    def end(self, *signal_and_frame: Any) -> None:
        """Raise SystemExit, once; the service closes all on its way out.

        Celery's own handler closes the connection first. Where beat waited for an answer on it at
        that moment, the exit became a failed read, and beat went on.
        """
        if not self.ends:
            self.ends = True
            raise SystemExit

    def _holds_the_lock(self) -> bool:
        """Take or renew the lock; one who has just taken it goes on where the last one left off."""
        acted = self.acts
        try:
            self.acts = bool(self.lock.reacquire() if acted else self.lock.acquire(blocking=False))
            if self.acts and not acted:
                # So that nothing is sent twice or left out.
                for name, at in self.redis.hgetall(LAST_RUNS).items():
                    if entry := self.schedule.get(force_str(name)):
                        entry.last_run_at = datetime.fromisoformat(force_str(at))
                self._heap = None
        except LockError:
            # It ran out, and another beat may have it.
            self.acts = False
        except redis.RedisError as error:
            self.acts = False
            logger.warning("beat_lock_away", error=type(error).__name__)
        if self.acts != acted:
            logger.info("beat_acts" if self.acts else "beat_stands_by")
        return self.acts


@signals.beat_init.connect
def end_by_signal(sender: Service, **kwargs: Any) -> None:
    """Replace Celery's handlers of signals, which are there by now."""
    if isinstance(sender.scheduler, OneActs):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, sender.scheduler.end)
