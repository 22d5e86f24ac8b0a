"""The tasks of applications: three lines around a service each, as in accounts.tasks."""

from celery import shared_task

from .services import logout_delivery, logouts, sessions, tokens
from .services.provisioning import comparing, converging, wanting


@shared_task
def drop_old_sessions() -> int:
    return sessions.drop_old_sessions()


@shared_task
def drop_expired_tokens() -> int:
    return tokens.drop_expired_tokens()


@shared_task
def follow_for_logouts() -> int:
    return logouts.follow_for_logouts()


@shared_task
def send_logouts(application_id: int) -> int:
    return logout_delivery.deliver_logouts(application_id)


@shared_task
def requeue_logouts() -> int:
    return logout_delivery.requeue_logouts()


@shared_task
def forget_logouts() -> int:
    return logout_delivery.forget_logouts()


@shared_task
def follow_for_provisioning() -> int:
    return wanting.follow_for_provisioning()


@shared_task
def keep_accounts(application_id: int) -> int:
    return converging.deliver_accounts(application_id)


@shared_task
def requeue_accounts() -> int:
    return converging.requeue_accounts()


@shared_task
def forget_accounts() -> int:
    return converging.forget_accounts()


@shared_task
def compare_accounts(application_id: int) -> bool:
    return comparing.compare(application_id)


@shared_task
def compare_all_accounts() -> int:
    return comparing.compare_all()
