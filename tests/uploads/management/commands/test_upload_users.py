import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from celery.signals import after_task_publish
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import CredentialSheet, User
from accounts.services.queue import nobody_sent
from accounts.services.running import run_batch
from customers.models import BatchState
from customers.services.batches import new_key, take_batch
from licensing.models import LicenseAssignment
from tests.factories import ProductFactory, SubscriptionFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast, make_cast
from tests.uploads.uploading import upload_of
from uploads.management.commands.upload_users import finish
from uploads.models import Upload, UploadState
from uploads.services import (
    Options,
    Short,
    check_upload,
    confirm_upload,
    fingerprint,
    receive_upload,
)

NOBODY = 65534
RIGHT = "User Name,Display Name,Subscriptions\nada@contoso.example,Ada,Mail\n"
WRONG = "joan@contoso.exampel,Joan,\n"


@pytest.fixture
def file(tmp_path: Path, cast: Cast) -> Path:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)
    path = tmp_path / "people.csv"
    path.write_text(RIGHT)
    return path


def upload_users(
    capsys: pytest.CaptureFixture[str], file: Path, *options: str
) -> tuple[int, dict[str, Any]]:
    """Exit status and what the command said as JSON."""
    status = 0
    try:
        call_command("upload_users", "contoso.example", str(file), "--format=json", *options)
    except SystemExit as left:
        status = int(str(left.code))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, found


def test_file_is_checked_and_nothing_is_written(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = upload_users(capsys, file)

    assert status == 0
    assert found["reading"] == "Read as UTF-8, separated by commas."
    assert (found["rows"], found["written"]) == ({"add": 1}, False)
    assert found["seats"] == [{"product": "Mail", "wanted": 1, "free": 1, "missing": 0}]
    assert not User.objects.filter(username="ada@contoso.example").exists()
    assert Upload.objects.get().rows.count() == 0


def test_confirm_writes_what_is_right_and_tells_what_is_wrong(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + WRONG)

    status, found = upload_users(capsys, file, "--confirm")

    assert status == 1
    assert (found["written"], found["done"]) == (True, 1)
    [wrong] = found["problems"]
    assert wrong["row"] == 3
    assert wrong["problems"][0]["value"] == "joan@contoso.exampel"
    assert wrong["problems"][0]["suggestion"] == "joan@contoso.example"
    assert User.objects.get(username="ada@contoso.example").display_name == "Ada"
    assert LicenseAssignment.objects.live().count() == 1
    assert CredentialSheet.objects.open().get().by == cast.support


def test_missing_seats_stop_it_unless_it_is_said_what_to_do(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + "lin@contoso.example,Lin,Mail\n")

    status, found = upload_users(capsys, file, "--confirm")
    assert (status, found["written"]) == (1, False)
    assert found["refused"] == "Mail: 1 seat is missing."

    status, found = upload_users(capsys, file, "--confirm", "--short=first")
    assert (status, found["done"]) == (0, 2)
    assert LicenseAssignment.objects.live().get().user.username == "ada@contoso.example"


def test_file_that_is_no_table_has_status_2(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"%PDF-1.7 and so on")

    status, found = upload_users(capsys, file)

    assert status == 2
    assert found["refused"]


def test_missing_column_is_named(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("Pet,Color\ncat,black\n")

    status, found = upload_users(capsys, file)

    assert status == 2
    assert found["refused"] == "No column holds the user names. The file has: Pet, Color."


def test_unclear_encoding_is_asked_for_by_an_option(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes("User Name,Display Name\nada@contoso.example,Ada Kučera\n".encode("cp1250"))

    status, found = upload_users(capsys, file)
    assert status == 2
    assert "--encoding, one of: " in found["refused"]
    assert "windows-1250" in found["refused"]

    status, found = upload_users(capsys, file, "--confirm", "--encoding=windows-1250")
    assert (status, found["done"]) == (0, 1)
    assert User.objects.get(username="ada@contoso.example").display_name == "Ada Kučera"


def test_unknown_domain_and_missing_file_are_said(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No customer has the domain nowhere\.example"):
        call_command("upload_users", "nowhere.example", "people.csv")
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("upload_users", "contoso.example", str(tmp_path / "none.csv"))


def test_text_has_a_line_a_problem(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(RIGHT + WRONG)

    with pytest.raises(SystemExit):
        call_command("upload_users", "contoso.example", str(file))

    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Read as UTF-8, separated by commas.",
        "1 user to add, 1 row with errors.",
        "Mail: 1 wanted, 1 free, 0 missing",
    ]
    assert lines[3].startswith("row 3, user_name: contoso.exampel is not a domain")


def test_text_says_what_was_written_and_whom_the_log_names(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("upload_users", "contoso.example", str(file), "--confirm")
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"1 user was written; the activity log names {cast.support.user_name}.",
        "Temporary passwords wait under Passwords to hand over.",
    ]
    with pytest.raises(SystemExit):
        call_command("upload_users", "--help")
    assert "names the first of the support staff" in " ".join(capsys.readouterr().out.split())


def test_a_file_that_raises_a_question_is_not_left_behind(
    file: Path, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("Pet,Color\ncat,black\n")
    assert upload_users(capsys, file)[0] == 2
    assert Upload.objects.get().state == UploadState.CANCELED


@pytest.mark.django_db(transaction=True)
def test_the_command_does_the_work_itself_and_sends_no_worker(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, queue: "redis.Redis"
) -> None:
    """One that was quicker had the command say, with an empty reason, that nothing was done."""
    make_cast()
    path = tmp_path / "people.csv"
    path.write_text("User Name,Display Name\nada@contoso.example,Ada\n")
    sent = []
    after_task_publish.connect(seen := lambda **kwargs: sent.append(kwargs["sender"]))
    assert upload_users(capsys, path, "--confirm")[0] == 0
    after_task_publish.disconnect(seen)
    assert sent == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_it_already_is_waited_for() -> None:
    """Beat may have sent one, where the command was slow."""
    cast = make_cast()
    upload = upload_of(
        RIGHT.replace(",Mail", ",").encode(), customer=cast.contoso, actor=cast.alice
    )
    with nobody_sent():
        batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    taken = threading.Event()

    def work() -> None:
        with transaction.atomic():
            assert take_batch(batch.pk)
            taken.set()
            time.sleep(1)
            run_batch(batch.pk)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    taken.wait(PATIENCE)
    assert finish(batch).state == BatchState.DONE
    worker.join()
    assert User.objects.filter(username="ada@contoso.example").count() == 1


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """In a folder that the worker does not share."""
    path.unlink()
    yield


@contextmanager
def of_somebody_else(path: Path) -> Iterator[None]:
    """Of another system user, as of one who ran the command."""
    path.chmod(0)
    us = os.geteuid()
    if us == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(us)


# On SQLite database and files are one user's.
@pytest.mark.parametrize(
    "unreadable", [gone, pytest.param(of_somebody_else, marks=pytest.mark.postgres)]
)
def test_a_worker_that_cannot_read_the_file_says_so(
    cast: Cast, unreadable: Callable[[Path], AbstractContextManager[None]]
) -> None:
    upload = receive_upload(
        ContentFile(RIGHT.encode(), "people.csv"),
        Options(),
        customer=cast.contoso,
        actor=cast.alice,
        key=new_key(),
    )
    connection.ensure_connection()
    with unreadable(Path(upload.file.path)), pytest.raises((FileNotFoundError, PermissionError)):
        check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert upload.refusal.startswith("The portal can't read the file that it has kept.")
