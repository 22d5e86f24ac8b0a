"""Uploads wait in a place that all machines share; whatever it does, nothing is lost or left."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer
from openpyxl import Workbook
from pytest_django import Settings

from customers.errors import Refused
from customers.services.batches import new_key
from tests.races.test_kills import Yard, yard
from tests.support.cast import Cast
from tests.support.servers import free_port
from tests.uploads.uploading import csv, full_disk, kept_files
from uploads import tasks
from uploads.models import Upload, UploadState
from uploads.services import Options, cancel_upload, check_upload, drop_stray_files, receive_upload

__all__ = ["full_disk", "yard"]

ADA = [["User name", "Display name"], ["ada@contoso.example", "Ada"]]
KEYS = {"S3_ACCESS_KEY_ID": "only-for-tests", "S3_SECRET_ACCESS_KEY": "only-for-tests"}


class Bucket:
    """A bucket of an S3-compatible server that answers over HTTP on this machine."""

    def __init__(self) -> None:
        # The server's memory is this process's: what another test has left there is another's.
        self.name = f"uploads-{new_key()[:8].lower().replace('_', 'x').strip('-')}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "S3_BUCKET": self.name,
            "S3_ENDPOINT_URL": self.url,
            "S3_REGION": "us-east-1",
            **KEYS,
        }
        self.server: ThreadedMotoServer | None = None
        self.start()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="only-for-tests",
            aws_secret_access_key="only-for-tests",
        )
        self.client.create_bucket(Bucket=self.name)

    def start(self) -> None:
        self.server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self.server.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None

    def names(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name)
        return [each["Key"] for each in found.get("Contents", [])]


@pytest.fixture
def bucket(settings: Settings) -> Iterator[Bucket]:
    made = Bucket()
    options = {
        "bucket_name": made.name,
        "endpoint_url": made.url,
        "region_name": "us-east-1",
        "access_key": "only-for-tests",
        "secret_key": "only-for-tests",
    }
    place = {"BACKEND": "partnerportal.serving.storage.BucketStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    yield made
    made.stop()


def receive(cast: Cast, content: bytes, name: str = "people.csv") -> Upload:
    return receive_upload(
        ContentFile(content, name),
        Options(),
        customer=cast.contoso,
        actor=cast.alice,
        key=new_key(),
    )


def workbook() -> bytes:
    book = Workbook()
    for row in ADA:
        book.worksheets[0].append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.once
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_upload_passes_through_the_bucket_and_leaves_nothing_there(
    cast: Cast, bucket: Bucket, kind: str, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    content = csv(ADA) if kind == "csv" else workbook()
    upload = receive(cast, content, f"people.{kind}")
    [name] = bucket.names()
    assert name == upload.file.name
    assert "people" not in name
    stored = bucket.client.get_object(Bucket=bucket.name, Key=name)["Body"].read()
    # Sealed: the bucket's owner reads nothing.
    assert stored
    assert content not in stored
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count()) == (UploadState.CHECKED, 1), upload.refusal
    assert bucket.names() == []


@pytest.mark.once
@pytest.mark.slow
def test_a_worker_without_the_web_servers_disk_reads_it(
    transactional_db: None,
    cast: Cast,
    bucket: Bucket,
    yard: Yard,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in {**bucket.environment, "UPLOAD_DIR": str(tmp_path / "own")}.items():
        monkeypatch.setenv(name, value)
    with transaction.atomic():
        upload = receive(cast, csv(ADA))
        # The worker of other tests, which has another storage, is not told.
        connection.run_on_commit.clear()
    yard.send(tasks.check_upload, upload.pk)
    yard.worker().wait_until_idle()
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    assert bucket.names() == []
    assert not (tmp_path / "own").exists()


@pytest.mark.once
def test_a_bucket_that_is_away_refuses_new_files_and_keeps_the_old(
    cast: Cast, bucket: Bucket
) -> None:
    kept = receive(cast, csv(ADA))
    bucket.stop()
    with pytest.raises(Refused, match="can't keep the file at the moment"):
        receive(cast, csv(ADA))
    assert Upload.objects.get() == kept
    with pytest.raises(ConnectionError):
        check_upload(kept.pk)
    kept.refresh_from_db()
    assert kept.state == UploadState.WAITING


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_deleted_undoes_nothing(cast: Cast, bucket: Bucket) -> None:
    with transaction.atomic():
        upload = receive(cast, csv(ADA))
        # No worker of other tests shall read it first.
        connection.run_on_commit.clear()
    bucket.stop()
    cancel_upload(upload, actor=cast.alice)
    upload.refresh_from_db()
    assert (upload.state, upload.file.name) == (UploadState.CANCELED, "")


def test_files_that_no_upload_names_go_after_a_day(cast: Cast) -> None:
    before = set(kept_files())
    kept = receive(cast, csv(ADA))
    for name in ("left", "fresh"):
        default_storage.save(f"uploads/{name}.csv", ContentFile(b"x"))
    day_ago = (timezone.now() - timedelta(hours=25)).timestamp()
    for name in ("uploads/left.csv", str(kept.file.name)):
        os.utime(default_storage.path(name), (day_ago, day_ago))
    drop_stray_files()
    left = set(kept_files()) - before
    for name in left:
        default_storage.delete(f"uploads/{name}")
    assert left == {Path(str(kept.file.name)).name, "fresh.csv"}


def test_a_full_disk_keeps_nothing_and_says_what_to_do(cast: Cast, full_disk: None) -> None:
    before = kept_files()
    with pytest.raises(OSError, match="File too large"):
        default_storage.save("uploads/probe.csv", ContentFile(b"x" * 200_000))
    with pytest.raises(Refused, match="try again in a few minutes"):
        receive(cast, b"x" * 200_000)
    assert Upload.objects.count() == 0
    assert kept_files() == before


def test_a_file_on_the_disk_is_its_owners_alone(cast: Cast) -> None:
    """Whatever its size: a large one was a temporary file before, a small one was in memory."""
    before = set(kept_files())
    for content in (b"x", b"x" * 3_000_000):
        receive(cast, content)
    made = [default_storage.path(f"uploads/{name}") for name in set(kept_files()) - before]
    modes = {oct(Path(path).stat().st_mode & 0o777) for path in made}
    for path in made:
        Path(path).unlink()
    assert (len(made), modes) == (2, {"0o600"})
