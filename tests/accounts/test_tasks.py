"""Tasks of accounts: each says what its service says, and may come too late or twice."""

from datetime import timedelta

import pytest
from celery import Task
from django.utils import timezone

from accounts import tasks
from accounts.models import CredentialSheet, MailTo, Selection, User
from accounts.services.mail import mail_sheet
from accounts.services.users import block_users
from customers.models import BatchState
from partnerportal.celery import app
from tests.accounts.sheets import add
from tests.accounts.verbs import delete
from tests.support.cast import Cast

SWEEPERS = [
    tasks.purge_deleted_users,
    tasks.forget_texts,
    tasks.destroy_expired_sheets,
    tasks.requeue_deliveries,
    tasks.requeue_batches,
    tasks.renew_names,
    tasks.drop_expired_selections,
    tasks.drop_stale_sessions,
]


@pytest.mark.parametrize("task", SWEEPERS, ids=lambda task: task.name)
def test_where_nothing_is_left_over_nothing_is_done(task: "Task[..., object]", db: None) -> None:
    assert task.run() == 0


@pytest.mark.parametrize("task", [*SWEEPERS, tasks.deliver_sheet, tasks.run_batch])
def test_the_worker_knows_each_by_the_name_that_schedules_have(task: "Task[..., object]") -> None:
    assert task.name.startswith("accounts.tasks.")
    assert task.name in app.tasks


def test_the_purge_takes_those_whose_day_has_come(cast: Cast) -> None:
    delete(cast, cast.uma)
    assert tasks.purge_deleted_users.run() == 0
    yesterday = timezone.now() - timedelta(days=1)
    User.objects.filter(pk=cast.uma.pk).update(
        deleted_at=yesterday - timedelta(days=30), purge_after=yesterday
    )
    assert tasks.purge_deleted_users.run() == 1
    assert not User.objects.filter(pk=cast.uma.pk).exists()
    assert tasks.purge_deleted_users.run() == 0


def test_a_sheet_is_destroyed_when_its_hours_are_over(cast: Cast) -> None:
    sheet = add(cast, "Ada")
    CredentialSheet.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tasks.destroy_expired_sheets.run() == 1
    assert not sheet.parts.exists()
    assert tasks.destroy_expired_sheets.run() == 0


def test_a_sheet_is_mailed_once_however_often_the_task_comes(
    cast: Cast, mailbox: list[object]
) -> None:
    sheet = add(cast, "Ada")
    assert mail_sheet(sheet, MailTo.SELF, actor=cast.gail) == 1
    assert tasks.deliver_sheet.run(sheet.pk) == 1
    assert tasks.deliver_sheet.run(sheet.pk) == 0
    assert len(mailbox) == 1


def test_a_batch_that_is_done_is_not_run_again(cast: Cast) -> None:
    batch = block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert batch.state == BatchState.DONE
    assert tasks.run_batch.run(batch.pk) is False


def test_what_is_gone_meanwhile_is_passed_over(db: None) -> None:
    assert tasks.run_batch.run(1) is False
    assert tasks.tell_of_wrong_codes.run(1) is False


def test_a_selection_is_dropped_after_its_time(cast: Cast) -> None:
    mine = {"owner": cast.alice, "customer": cast.contoso}
    selection = Selection.objects.create(token="t", ids=[cast.uma.pk], **mine)
    assert tasks.drop_expired_selections.run() == 0
    long_ago = timezone.now() - timedelta(days=30)
    Selection.objects.filter(pk=selection.pk).update(created_at=long_ago)
    assert tasks.drop_expired_selections.run() == 1
