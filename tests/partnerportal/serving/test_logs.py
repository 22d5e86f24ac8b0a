"""A line has ids, and neither a name nor a search nor a secret."""

import errno
import json
import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import structlog
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tasks import requeue_batches
from customers.errors import Refused
from customers.models import Batch, BatchKind
from customers.services.batches import leave_batch, new_key
from partnerportal.schedule import SCHEDULE, SOON
from partnerportal.serving import logs
from tests.patience import wait_for
from tests.support.cast import Cast
from tests.support.forms import fields
from tests.support.servers import Worker
from tests.uploads.uploading import full_disk
from uploads.models import Upload
from uploads.services import Options, receive_upload

__all__ = ["full_disk"]


class Written:
    def __init__(self, stream: StringIO) -> None:
        self.stream = stream

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == name]


@pytest.fixture
def written() -> Iterator[Written]:
    """What production writes, at every level."""
    made = logs.logging("DEBUG", as_json=True)["formatters"]["line"]
    factory = made.pop("()")
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(factory(**made))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield Written(handler.stream)
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_a_line_with_ids_and_no_search(
    client: Client, cast: Cast, written: Written
) -> None:
    client.force_login(cast.alice)
    response = client.get("/customers/", {"q": "Ada Lovelace"})
    [line] = written.events("request_finished")
    assert line["request"] == "GET /customers/"
    assert (line["code"], line["user_id"]) == (200, cast.alice.pk)
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert "Lovelace" not in written.stream.getvalue()
    assert cast.alice.user_name not in written.stream.getvalue()


def test_a_sign_in_leaves_no_password_in_the_log(
    client: Client, cast: Cast, written: Written
) -> None:
    cast.gives_password(cast.alice)
    for password in ("not-the-one-at-all", cast.gives_password(cast.alice)):
        client.post("/accounts/login/", {"login": cast.alice.user_name, "password": password})
        assert password not in written.stream.getvalue()
    assert len(written.events("request_finished")) == 2


def test_a_caller_cannot_choose_the_id(client: Client, written: Written, db: None) -> None:
    response = client.get("/accounts/login/", headers={"x-request-id": "forged"})
    assert "forged" not in response.headers["X-Request-ID"]
    assert "forged" not in written.stream.getvalue()


def test_a_refusal_is_a_line_and_no_traceback(client: Client, cast: Cast, written: Written) -> None:
    client.force_login(cast.bob)
    for path, event in {
        "/no/such/page/": "Not Found: /no/such/page/",
        f"/customers/{cast.adatum.pk}/": f"Not Found: /customers/{cast.adatum.pk}/",
        "/team/": "Forbidden (Permission denied): /team/",
    }.items():
        client.get(path)
        [line] = written.events(event)
        assert line["level"] == "warning"
        assert "exception" not in line, path
    assert "Traceback" not in written.stream.getvalue()


def test_an_error_keeps_its_traceback(written: Written) -> None:
    for name, error in {"tests.task": Http404("gone"), "django.request": ValueError("odd")}.items():
        logging.getLogger(name).error("failed", exc_info=error)
    told = [line["exception"] for line in written.events("failed")]
    assert told == ["django.http.response.Http404: gone", "ValueError: odd"]


@pytest.mark.postgres
def test_a_row_that_the_database_refuses_is_not_quoted(cast: Cast, written: Written) -> None:
    logger = structlog.get_logger("tests.refused")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.filter(pk=cast.bob.pk).update(username=cast.alice.username)
    error = caught.value
    assert str(cast.alice.username) in str(error)
    logger.error("plain", exc_info=error)
    logger.error("with_error", error=str(error), exception=error)
    logging.getLogger("tests.refused").error("Task raised: %r", error, exc_info=error)
    assert len(written.lines()) >= 3
    assert "IntegrityError" in written.events("plain")[0]["exception"]
    assert "DETAIL: left out" in written.events("with_error")[0]["error"]
    assert str(cast.alice.username) not in written.stream.getvalue()


def test_the_id_of_the_request_reaches_the_log_of_its_task(
    client: Client, cast: Cast, worker: Worker
) -> None:
    client.force_login(cast.alice)
    address = f"/customers/{cast.contoso.pk}/users/upload/"
    form = fields(client.get(address).content.decode())
    file = SimpleUploadedFile("people.csv", b"User name,Display name\nada@contoso.example,Ada\n")
    response = client.post(address, form | {"file": file, "key": form.get("key", new_key())})
    assert Upload.objects.count() == 1, response.content.decode()
    worker.wait_until_idle()
    told = [line for line in worker.log.read_text().splitlines() if "task_started" in line]
    mine = [line for line in told if response.headers["X-Request-ID"] in line]
    assert len(mine) == 1, told
    assert "uploads.tasks.check_upload" in mine[0]
    assert f"user_id={cast.alice.pk}" in mine[0]
    assert f"upload={Upload.objects.get().pk}" in mine[0]


def test_work_that_is_sent_again_is_told_once_and_by_its_id(cast: Cast, worker: Worker) -> None:
    ago = timezone.now() - timedelta(minutes=2)
    batch = leave_batch(BatchKind.BLOCK, [cast.uma.pk], customer=cast.contoso, actor=cast.alice)
    Batch.objects.update(created_at=ago)
    requeue_batches.delay()
    wait_for(lambda: Batch.objects.filter(pk=batch.pk, state="done").exists(), "The batch")
    worker.wait_until_idle()
    told = [line for line in worker.log.read_text().splitlines() if f"batch={batch.pk}" in line]
    for event in ("task_enqueued", "task_started", "task_succeeded"):
        assert len([line for line in told if event in line]) == 1, (event, told)


def test_of_what_beat_has_sent_while_no_worker_was_there_little_is_done_and_nothing_told(
    cast: Cast, worker: Worker
) -> None:
    """Each would send all that waits once more, behind all the others."""
    searches = [entry for entry in SCHEDULE.values() if entry["schedule"] == SOON]
    assert len(searches) == 10
    assert {entry["options"]["expires"] for entry in searches} == {timedelta(minutes=10).seconds}
    before = worker.log.read_text()
    requeue_batches.apply_async(expires=timezone.now() - timedelta(seconds=1))
    worker.wait_until_idle()
    assert requeue_batches.name not in worker.log.read_text().removeprefix(before)


def test_a_full_disk_is_told_as_such(cast: Cast, written: Written, full_disk: None) -> None:
    file = ContentFile(b"x" * 200_000, "people.csv")
    with pytest.raises(Refused):
        receive_upload(file, Options(), customer=cast.contoso, actor=cast.alice, key=new_key())
    [line] = written.events("upload_not_kept")
    # What the system calls the limit that stands for the disk.
    assert line["reason"] == os.strerror(errno.EFBIG)


@pytest.mark.parametrize("path", ["/health/status", "/health/ready"])
def test_a_poll_that_hears_of_an_alarm_is_no_line(
    client: Client, cast: Cast, written: Written, settings: Settings, path: str
) -> None:
    settings.MONITORING_TOKEN = "t" * 32
    for _poll in range(3):
        answer = client.get(path, headers={"authorization": f"Bearer {'t' * 32}"})
    assert answer.status_code == (503 if path == "/health/status" else 200)
    assert [line for line in written.lines() if "health" in str(line)] == []
    assert client.get("/health/status").status_code == 404
    assert len([line for line in written.lines() if "health" in str(line)]) == 1
