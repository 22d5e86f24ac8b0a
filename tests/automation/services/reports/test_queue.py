"""A report is sent for by its number alone: nothing of anybody is in the queue."""

from automation.services.reports.queue import DELIVER_REPORT, send_report
from partnerportal.celery import app


def test_the_task_is_known_by_its_name() -> None:
    app.loader.import_default_modules()
    assert DELIVER_REPORT in app.tasks
    send_report(1)
