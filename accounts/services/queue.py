"""Sending work to a worker. Its id is in the lines of its task, however often it is sent.

Tasks are sent by name: they stand around the services, which so need not import them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)

RUN_BATCH = "accounts.tasks.run_batch"
DELIVER_SHEET = "accounts.tasks.deliver_sheet"
TELL_OF_WRONG_CODES = "accounts.tasks.tell_of_wrong_codes"

_kept_back: ContextVar[bool] = ContextVar("kept_back", default=False)


@contextmanager
def nobody_sent() -> Iterator[None]:
    """Keep all work back: a command does it itself, and tells what came of it.

    One that dies leaves it to beat, as a lost task does.
    """
    token = _kept_back.set(True)
    try:
        yield
    finally:
        _kept_back.reset(token)


def is_kept_back() -> bool:
    """Whether no worker is sent for, because a command does the work itself."""
    return _kept_back.get()


def send_batch(batch_id: int) -> None:
    """Send for a worker to run the batch; beat sends again where the task is lost."""
    if is_kept_back():
        return
    with structlog.contextvars.bound_contextvars(batch=batch_id):
        publish(RUN_BATCH, batch_id)


def send_sheet(sheet_id: int) -> None:
    """Send for a worker to mail what is on the sheet."""
    with structlog.contextvars.bound_contextvars(sheet=sheet_id):
        publish(DELIVER_SHEET, sheet_id)


def send_warning(user_id: int) -> None:
    """Send for a worker to tell the user of wrong codes."""
    publish(TELL_OF_WRONG_CODES, user_id)


def publish(task: str, *args: int) -> None:
    """Publish the task, or leave it to beat: what was committed stays where the queue is away."""
    try:
        current_app.send_task(task, args=args)
    except (OperationalError, OSError) as error:
        logger.warning("task_not_published", task=task, error=type(error).__name__)
