"""Upload users: what its tests have in common."""

import resource
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from accounts.models import User
from accounts.services.running import run_batch
from customers.models import Batch, Customer
from customers.services.batches import new_key
from uploads.models import Upload, UploadState
from uploads.services import (
    Options,
    Short,
    check_upload,
    confirm_upload,
    fingerprint,
    receive_upload,
)

Rows = Sequence[Sequence[str]]
HEADINGS = ["User Name", "First Name", "Last Name", "Subscriptions"]


def csv(rows: Rows, *, separator: str = ",") -> bytes:
    return "\r\n".join(separator.join(row) for row in rows).encode()


def upload_of(
    content: bytes | Rows,
    *,
    customer: Customer,
    actor: User,
    options: Options | None = None,
    name: str = "people.csv",
) -> Upload:
    """A file that was received, and read and checked as a worker does."""
    data = content if isinstance(content, bytes) else csv(content)
    is_seen_by_others = not connection.in_atomic_block
    with transaction.atomic():
        upload = receive_upload(
            ContentFile(data, name),
            options or Options(),
            customer=customer,
            actor=actor,
            key=new_key(),
        )
        if is_seen_by_others:
            # No worker of other tests reads it first.
            connection.run_on_commit.clear()
    while upload.state == UploadState.WAITING:
        # Another one of the same partner may come first.
        assert check_upload(upload.pk)
        upload.refresh_from_db()
    return upload


def confirmed(upload: Upload, *, actor: User, short: Short = Short.STOP) -> Batch:
    """The batch, run as a worker does."""
    upload.refresh_from_db()
    batch = confirm_upload(upload, short=short, seen=fingerprint(upload), actor=actor)
    run_batch(batch.pk)
    batch.refresh_from_db()
    upload.refresh_from_db()
    return batch


def outcomes(upload: Upload) -> dict[int, str]:
    return dict(upload.rows.order_by("number").values_list("number", "outcome"))


def problems(upload: Upload) -> dict[int, list[Any]]:
    """By row: the columns with their sentences."""
    rows = upload.rows.exclude(problems=[]).order_by("number")
    return {row.number: [(each["column"], each["text"]) for each in row.problems] for row in rows}


def suggestions(upload: Upload) -> dict[int, list[str]]:
    rows = upload.rows.exclude(problems=[]).order_by("number")
    return {row.number: [each["suggestion"] for each in row.problems] for row in rows}


def kept_files() -> list[str]:
    if not default_storage.exists("uploads"):
        return []
    return default_storage.listdir("uploads")[1]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file grows beyond 64 kB: the system itself refuses to write, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)
