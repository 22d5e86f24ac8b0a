"""Three lines around a service each. The database is the record; a lost task is sent again."""

from celery import shared_task

from .services import credentials, figures, mail, running, searching, selections, sessions, traces
from .services.users import purge_due_users


@shared_task
def purge_deleted_users() -> int:
    return purge_due_users().removed


@shared_task
def forget_texts() -> int:
    return traces.forget_texts()


@shared_task
def destroy_expired_sheets() -> int:
    return credentials.destroy_expired_sheets()


@shared_task
def deliver_sheet(sheet_id: int) -> int:
    return mail.deliver_sheet(sheet_id)


@shared_task
def tell_of_wrong_codes(user_id: int) -> bool:
    return mail.tell_of_wrong_codes(user_id)


@shared_task
def requeue_deliveries() -> int:
    return mail.requeue_deliveries()


@shared_task
def run_batch(batch_id: int) -> bool:
    return running.run_batch(batch_id)


@shared_task
def requeue_batches() -> int:
    return running.requeue_batches()


@shared_task
def tidy_search() -> int:
    return searching.tidy_search()


@shared_task
def renew_names() -> int:
    return searching.renew_names()


@shared_task
def drop_expired_selections() -> int:
    return selections.drop_expired_selections()


@shared_task
def drop_stale_sessions() -> int:
    return sessions.drop_stale_sessions()


@shared_task
def remember_figures() -> int:
    return figures.remember_figures()


@shared_task
def forget_figures() -> int:
    return figures.forget_figures()
