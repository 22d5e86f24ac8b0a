"""Work goes to a worker; its id is in the lines of its task, whoever sent it, and however often."""

import structlog


def send_batch(batch_id: int) -> None:
    """A batch whose task is lost is sent again by beat."""
    # The tasks are around the services, which send them.
    from ..tasks import enqueue, run_batch

    with structlog.contextvars.bound_contextvars(batch=batch_id):
        enqueue(run_batch, batch_id)


def send_upload(upload_id: int) -> None:
    """A worker reads its file, or checks its rows again."""
    from ..tasks import check_upload, enqueue

    with structlog.contextvars.bound_contextvars(upload=upload_id):
        enqueue(check_upload, upload_id)


def send_sheet(sheet_id: int) -> None:
    """A worker sends its mails."""
    from ..tasks import deliver_sheet, enqueue

    with structlog.contextvars.bound_contextvars(sheet=sheet_id):
        enqueue(deliver_sheet, sheet_id)
