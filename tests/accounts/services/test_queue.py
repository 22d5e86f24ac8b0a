"""Tasks go to the queue by their names."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery.signals import after_task_publish

from accounts.services.queue import (
    DELIVER_SHEET,
    RUN_BATCH,
    TELL_OF_WRONG_CODES,
    nobody_sent,
    send_batch,
    send_sheet,
    send_warning,
)
from partnerportal.celery import app
from uploads.services.queue import CHECK_UPLOAD, send_upload

Send = Callable[[int], None]
SENT: dict[Send, str] = {
    send_batch: RUN_BATCH,
    send_upload: CHECK_UPLOAD,
    send_sheet: DELIVER_SHEET,
    send_warning: TELL_OF_WRONG_CODES,
}
# Nobody's: a worker that another test has started may take the task.
ID = 0


@pytest.fixture
def published() -> Iterator[list[tuple[str, Any]]]:
    """Tasks that have reached the queue: their names and arguments."""
    found: list[tuple[str, Any]] = []

    def note(sender: str, body: Any, **kwargs: Any) -> None:
        found.append((sender, list(body[0])))

    after_task_publish.connect(note)
    yield found
    after_task_publish.disconnect(note)


def test_each_name_is_one_of_a_task() -> None:
    app.loader.import_default_modules()
    assert sorted(set(SENT.values()) - app.tasks.keys()) == []


@pytest.mark.parametrize("send", SENT)
def test_what_is_sent_is_in_the_queue_with_its_id(
    send: Send, published: list[tuple[str, Any]]
) -> None:
    send(ID)
    assert published == [(SENT[send], [ID])]


def test_a_command_that_does_the_work_itself_sends_nobody(published: list[tuple[str, Any]]) -> None:
    with nobody_sent():
        send_batch(ID)
        send_upload(ID)
    assert published == []
