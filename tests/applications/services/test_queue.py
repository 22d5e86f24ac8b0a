"""Work for a worker is sent by the names that its tasks have."""

from applications import tasks
from applications.services import queue
from partnerportal.schedule import SCHEDULE


def test_tasks_have_the_names_by_which_they_are_sent() -> None:
    assert tasks.send_logouts.name == queue.SEND_LOGOUTS
    assert tasks.keep_accounts.name == queue.KEEP_ACCOUNTS
    assert tasks.compare_accounts.name == queue.COMPARE_ACCOUNTS


def test_beat_sends_every_other_task_of_applications() -> None:
    ours = {name for name in SCHEDULED if name.startswith("applications.")}
    assert ours >= {
        tasks.follow_for_logouts.name,
        tasks.requeue_logouts.name,
        tasks.forget_logouts.name,
        tasks.follow_for_provisioning.name,
        tasks.requeue_accounts.name,
        tasks.compare_all_accounts.name,
        tasks.forget_accounts.name,
    }


SCHEDULED = {entry["task"] for entry in SCHEDULE.values()}
