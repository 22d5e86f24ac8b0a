"""The tasks of tokens, calls and webhooks: three lines around a service each."""

from celery import shared_task

from .services import (
    calls,
    ending,
    retention,
    source_refusals,
    webhook_delivery,
    webhook_following,
    webhook_keeping,
)


@shared_task
def warn_of_ends() -> int:
    return ending.warn_of_ends()


@shared_task
def forget_tokens() -> int:
    return retention.forget_tokens()


@shared_task
def forget_calls() -> int:
    return calls.forget_calls()


@shared_task
def forget_refusals() -> int:
    return source_refusals.forget_refusals()


@shared_task
def follow_for_webhooks() -> int:
    return webhook_following.follow_for_webhooks()


@shared_task
def send_webhooks(webhook_id: int) -> int:
    return webhook_delivery.deliver_webhooks(webhook_id)


@shared_task
def requeue_webhooks() -> int:
    return webhook_delivery.requeue_webhooks()


@shared_task
def tell_owner_of_webhook(webhook_id: int) -> bool:
    return webhook_keeping.tell_owner(webhook_id)


@shared_task
def reseal_webhook_secrets() -> int:
    return webhook_keeping.reseal_secrets()


@shared_task
def forget_webhook_deliveries() -> int:
    return webhook_keeping.forget_deliveries()
