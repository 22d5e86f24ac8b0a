"""An upload goes to a worker, as in accounts.services.queue."""


def send_upload(upload_id: int) -> None:
    """A worker reads its file, or checks its rows again."""
    from uploads.tasks import check_upload

    from ..tasks import enqueue

    if _kept_back.get():
        return
    with structlog.contextvars.bound_contextvars(upload=upload_id):
        enqueue(check_upload, upload_id)
