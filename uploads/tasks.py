"""The tasks of uploads: three lines around a service each, as in accounts.tasks."""

from celery import shared_task

from . import services


@shared_task
def check_upload(upload_id: int) -> bool:
    return services.check_upload(upload_id)


@shared_task
def requeue_uploads() -> int:
    return services.requeue_uploads()


@shared_task
def expire_uploads() -> int:
    return services.expire_uploads()


@shared_task
def drop_stray_files() -> int:
    return services.drop_stray_files()


@shared_task
def forget_texts() -> int:
    return services.forget_texts()
