"""Sending for a worker to mail a report, by the name of the task (accounts/services/queue.py)."""

import structlog

from accounts.services.queue import publish

DELIVER_REPORT = "automation.tasks.deliver_report"


def send_report(report_id: int) -> None:
    with structlog.contextvars.bound_contextvars(report=report_id):
        publish(DELIVER_REPORT, report_id)
