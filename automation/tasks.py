"""The tasks of what is done by itself: three lines around a service each."""

from celery import shared_task

from .services import (
    due_running,
    finding,
    leaving_undo,
    letters,
    notices_kept,
    reports,
    requests,
    reviews,
    schedules,
)
from .services.keeping import work
from .services.one_by_one import one_by_one


@shared_task
def run_due_schedules() -> int:
    return due_running.run_due()


@shared_task
def keep_schedules_to_clocks() -> int:
    return schedules.keep_to_clocks()


@shared_task
def settle_customer(customer_id: int) -> int:
    return work.settle_customer(customer_id)


@shared_task
def settle_all() -> int:
    return work.settle_all()


@shared_task
def find_drift() -> int:
    return work.find_drift()


@shared_task
def go_on_with_plan(plan_id: int) -> None:
    leaving_undo.go_on(plan_id)


@shared_task
def go_on_undoing_plans() -> int:
    return leaving_undo.go_on_undoing()


@shared_task
def end_due_reviews() -> int:
    return reviews.end_due_reviews()


@shared_task
def remind_reviewers() -> int:
    return reviews.remind_reviewers()


@shared_task
def send_letters() -> int:
    return letters.send_letters()


@shared_task
def find_hourly() -> int:
    return one_by_one("finder_failed", finding.HOURLY, lambda find: find())


@shared_task
def find_daily() -> int:
    return one_by_one("finder_failed", finding.DAILY, lambda find: find())


@shared_task
def forget_notices() -> int:
    return notices_kept.forget_notices()


@shared_task
def forget_requests() -> int:
    return requests.forget_requests()


@shared_task
def run_due_reports() -> int:
    return reports.run_due_reports()


@shared_task
def deliver_report(report_id: int) -> int:
    return reports.deliver_report(report_id)


@shared_task
def forget_report_mails() -> int:
    return reports.forget_report_mails()
