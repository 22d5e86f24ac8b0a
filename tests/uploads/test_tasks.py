"""Each task does what its service does, by the name that the schedule and the queue have."""

import pytest

from partnerportal.schedule import SCHEDULE
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, upload_of
from uploads import tasks
from uploads.services.queue import CHECK_UPLOAD


def test_a_file_that_is_checked_already_is_not_checked_again(cast: Cast) -> None:
    rows = [HEADINGS, ["ada@contoso.example", "Ada", "Lovelace", ""]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    assert tasks.check_upload(upload.pk) is False
    assert tasks.check_upload(upload.pk + 1) is False


@pytest.mark.parametrize(
    "task",
    [tasks.requeue_uploads, tasks.expire_uploads, tasks.drop_stray_files, tasks.forget_texts],
    ids=lambda task: task.name,
)
def test_where_nothing_is_to_be_done_nothing_is(cast: Cast, task: object) -> None:
    assert callable(task)
    assert task() == 0


def test_tasks_have_the_names_that_they_are_sent_by() -> None:
    scheduled = {entry["task"] for entry in SCHEDULE.values()}
    assert tasks.check_upload.name == CHECK_UPLOAD
    for task in (
        tasks.requeue_uploads,
        tasks.expire_uploads,
        tasks.drop_stray_files,
        tasks.forget_texts,
    ):
        assert task.name in scheduled
