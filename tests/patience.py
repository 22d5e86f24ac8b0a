"""How long tests wait: one number for all of them, which only a wait in vain takes to the end.

Each wait ends with what it waits for, or as soon as that can come no more, so that a long patience
costs a run that passes nothing, on a quick machine and on a busy one. No test says seconds of its
own; `TEST_PATIENCE=20` makes a failure quicker to see.
"""

import os
import time
from collections.abc import Callable

# Without a sign of progress. The slowest step, a whole portal that starts, takes seven on a machine
# of two cores that does nothing else.
PATIENCE = int(os.environ.get("TEST_PATIENCE", "300"))
# As the browser counts.
PATIENCE_MS = PATIENCE * 1_000


def wait_for(
    ready: Callable[[], object], what: str, *, progress: Callable[[], object] | None = None
) -> None:
    """Return as soon as it is ready; TimeoutError when nothing has moved for too long.

    `progress` is whatever changes while there is hope, such as a log or a count. `ready` may raise
    when what it asks for can come no more: a process that has ended, for example.
    """
    moved = asked = time.monotonic()
    seen: object = None
    while not ready():
        now = time.monotonic()
        # Not at each look: whatever tells of progress may cost some.
        if progress is not None and now - asked > 1:
            asked, before, seen = now, seen, progress()
            if seen != before:
                moved = now
        if now - moved > PATIENCE:
            raise TimeoutError(f"{what}: nothing for {PATIENCE} seconds.")
        time.sleep(0.02)
