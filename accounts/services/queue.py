"""Work goes to a worker; its id is in the lines of its task, whoever sent it, and however often."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_kept_back: ContextVar[bool] = ContextVar("kept_back", default=False)


@contextmanager
def nobody_sent() -> Iterator[None]:
    """Within, no worker is sent for: a command does the work itself, and tells what came of it.

    One that dies leaves it to beat, as a lost task does.
    """
    token = _kept_back.set(True)
    try:
        yield
    finally:
        _kept_back.reset(token)


def send_batch(batch_id: int) -> None:
    """A batch whose task is lost is sent again by beat."""
    # The tasks are around the services, which send them.
    from ..tasks import enqueue, run_batch

    if _kept_back.get():
        return
    with structlog.contextvars.bound_contextvars(batch=batch_id):
        enqueue(run_batch, batch_id)


def send_sheet(sheet_id: int) -> None:
    """A worker sends its mails."""
    from ..tasks import deliver_sheet, enqueue

    with structlog.contextvars.bound_contextvars(sheet=sheet_id):
        enqueue(deliver_sheet, sheet_id)


def send_warning(user_id: int) -> None:
    """A worker tells somebody of wrong codes."""
    from ..tasks import enqueue, tell_of_wrong_codes

    enqueue(tell_of_wrong_codes, user_id)
