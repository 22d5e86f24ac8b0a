"""Worker and beat of Celery as the portal wants them, however they are started.

Both write lines of the log and no banners. A worker counts for all of its processes, and SIGTERM
gives its tasks a while: it ends as soon as they are done, and hands back what is left after that.
"""

import os
import signal
import threading
from typing import Any

from celery import platforms, signals
from celery.apps import beat, worker
from celery.worker import state

from . import counted, logs

# What Celery says of its signals goes past every log.
worker.safe_say = lambda message, *_stream: logs.say("celery_says", message=message)  # type: ignore[attr-defined]


class Worker(worker.Worker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        logs.end_in_one_line()
        # Before the tasks are imported, whose modules count.
        counted.count_together()
        super().__init__(*args, **kwargs)

    def on_before_init(self, quiet: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002
        super().on_before_init(quiet=True, **kwargs)

    def install_platform_tweaks(self, worker: Any) -> None:
        """Replace Celery's SIGTERM, which waits for its tasks for ever.

        Nor is it the one of REMAP_SIGTERM, which waits to the end of its time whatever is done.
        """
        super().install_platform_tweaks(worker)
        for name in ("SIGTERM", "SIGINT"):
            platforms.signals[name] = self.end

    def end(self, number: int, frame: Any) -> None:
        """Take nothing new, end what runs, and hand back what takes too long; Ctrl-C twice: now."""
        patience = self.app.conf.worker_soft_shutdown_timeout
        if state.should_stop is None:
            state.should_stop = os.EX_OK  # type: ignore[assignment]
            name = signal.Signals(number).name
            logs.say("worker_ends", signal=name, seconds=patience)
            signals.worker_shutting_down.send(
                sender=self.hostname,  # type: ignore[attr-defined]
                sig=name,
                how="Warm",
                exitcode=os.EX_OK,
            )
            timer = threading.Timer(patience, self._hand_back)
            timer.daemon = True
            timer.start()
        elif number == signal.SIGINT:
            self._hand_back()

    def _hand_back(self) -> None:
        """Hand the tasks back in Celery's own way, whose patience comes on top of what is over."""
        logs.say("worker_hands_back")
        self.app.conf.worker_soft_shutdown_timeout = 0
        os.kill(os.getpid(), signal.SIGQUIT)


class Beat(beat.Beat):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        logs.end_in_one_line()
        super().__init__(*args, **{**kwargs, "quiet": True})
