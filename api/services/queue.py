"""Sending for workers, by the names of the tasks (accounts/services/queue.py)."""

import structlog

from accounts.services.queue import publish

SEND_WEBHOOKS = "api.tasks.send_webhooks"
TELL_OWNER = "api.tasks.tell_owner_of_webhook"


def send_webhooks(webhook_id: int) -> None:
    """Send for a worker to tell the webhook what is due."""
    with structlog.contextvars.bound_contextvars(webhook=webhook_id):
        publish(SEND_WEBHOOKS, webhook_id)


def send_word_to_owner(webhook_id: int) -> None:
    """Send for a worker to mail the owner of a webhook that was switched off."""
    with structlog.contextvars.bound_contextvars(webhook=webhook_id):
        publish(TELL_OWNER, webhook_id)
