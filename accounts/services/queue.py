def send_batch(batch_id: int) -> None:
    """To a worker; a batch whose task is lost is sent again by beat."""
    # The tasks are around the services, which send them.
    from ..tasks import enqueue, run_batch

    enqueue(run_batch, batch_id)


def send_upload(upload_id: int) -> None:
    """To a worker, which reads its file or checks its rows again."""
    from ..tasks import check_upload, enqueue

    enqueue(check_upload, upload_id)
