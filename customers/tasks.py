"""Tasks of the activity log and of searches; all are harmless when they run twice at once."""

from celery import shared_task

from .services import retention, sealing, searching


@shared_task
def seal_activity_log() -> int:
    return sealing.seal_events()


@shared_task
def retire_activity_log() -> int:
    return retention.forget_names() + retention.drop_events()


@shared_task
def renew_search_texts() -> int:
    return searching.renew_search_texts()
