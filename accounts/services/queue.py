"""Work goes to a worker; its id is in the lines of its task, whoever sent it, and however often.

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
CHECK_UPLOAD = "accounts.tasks.check_upload"
DELIVER_SHEET = "accounts.tasks.deliver_sheet"
TELL_OF_WRONG_CODES = "accounts.tasks.tell_of_wrong_codes"

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
    """Send for a worker to run the batch; beat sends again where the task is lost."""
    if _kept_back.get():
        return
    with structlog.contextvars.bound_contextvars(batch=batch_id):
        _publish(RUN_BATCH, batch_id)


def send_upload(upload_id: int) -> None:
    """Send for a worker to read the upload's file, or to check its rows again."""
    if _kept_back.get():
        return
    with structlog.contextvars.bound_contextvars(upload=upload_id):
        _publish(CHECK_UPLOAD, upload_id)


def send_sheet(sheet_id: int) -> None:
    """Send for a worker to mail what is on the sheet."""
    with structlog.contextvars.bound_contextvars(sheet=sheet_id):
        _publish(DELIVER_SHEET, sheet_id)


def send_warning(user_id: int) -> None:
    """Send for a worker to tell the user of wrong codes."""
    _publish(TELL_OF_WRONG_CODES, user_id)


def _publish(task: str, *args: int) -> None:
    """Publish, or leave it to beat: a queue that is away must not undo what was committed."""
    try:
        current_app.send_task(task, args=args)
    except (OperationalError, OSError) as error:
        logger.warning("task_not_published", task=task, error=type(error).__name__)
