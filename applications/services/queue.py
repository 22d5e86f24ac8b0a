"""Sending for workers, by the names of the tasks (accounts/services/queue.py)."""

import structlog

from accounts.services.queue import publish

SEND_LOGOUTS = "applications.tasks.send_logouts"
KEEP_ACCOUNTS = "applications.tasks.keep_accounts"
COMPARE_ACCOUNTS = "applications.tasks.compare_accounts"
# Seconds that a comparison may take: workers have others to serve.
COMPARE_FOR = 600


def send_logouts(application_id: int) -> None:
    """Send for a worker to tell the application of the sessions that have ended; 0: those gone."""
    with structlog.contextvars.bound_contextvars(application=application_id):
        publish(SEND_LOGOUTS, application_id)


def send_accounts(application_id: int) -> None:
    """Send for a worker to make the accounts in the application what they should be."""
    with structlog.contextvars.bound_contextvars(application=application_id):
        publish(KEEP_ACCOUNTS, application_id)


def send_comparison(application_id: int) -> None:
    """Send for a worker to compare what is in the application with what should be."""
    with structlog.contextvars.bound_contextvars(application=application_id):
        publish(COMPARE_ACCOUNTS, application_id)
