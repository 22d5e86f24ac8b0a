"""An upload goes to a worker, as batches and sheets do (accounts.services.queue)."""

import structlog

from accounts.services.queue import is_kept_back, publish

CHECK_UPLOAD = "uploads.tasks.check_upload"


def send_upload(upload_id: int) -> None:
    """Send for a worker to read the upload's file, or to check its rows again."""
    if is_kept_back():
        return
    with structlog.contextvars.bound_contextvars(upload=upload_id):
        publish(CHECK_UPLOAD, upload_id)
