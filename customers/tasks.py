"""Tasks of the activity log; both are harmless when they run twice at once."""

from celery import shared_task

from .services import retention, sealing


@shared_task
def seal_activity_log() -> int:
    return sealing.seal_events()


@shared_task
def retire_activity_log() -> int:
    return retention.forget_names() + retention.drop_events()
