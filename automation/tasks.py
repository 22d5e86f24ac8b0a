"""The tasks of what is done by itself: three lines around a service each."""

from celery import shared_task

from .services import due_running, schedules


@shared_task
def run_due_schedules() -> int:
    return due_running.run_due()


@shared_task
def keep_schedules_to_clocks() -> int:
    return schedules.keep_to_clocks()
