"""The tasks of tokens: three lines around a service each, as in accounts.tasks."""

from celery import shared_task

from .services import ending, retention


@shared_task
def warn_of_ends() -> int:
    return ending.warn_of_ends()


@shared_task
def forget_tokens() -> int:
    return retention.forget_tokens()
