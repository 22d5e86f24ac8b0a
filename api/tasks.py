"""The tasks of tokens and calls: three lines around a service each, as in accounts.tasks."""

from celery import shared_task

from .services import calls, ending, retention


@shared_task
def warn_of_ends() -> int:
    return ending.warn_of_ends()


@shared_task
def forget_tokens() -> int:
    return retention.forget_tokens()


@shared_task
def forget_calls() -> int:
    return calls.sweep_calls()
