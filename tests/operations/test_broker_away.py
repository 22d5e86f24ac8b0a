"""Redis goes away in the midst of a task: the worker lives, ends the task, and takes the next."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from kombu import Connection
from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as Lost

from accounts.models import User
from accounts.tasks import run_batch
from customers.models import AuditEvent, Batch, BatchKind, BatchState
from customers.services import batches
from partnerportal.celery import app
from partnerportal.serving import broker
from tests.deploy.containers import Container
from tests.patience import wait_for
from tests.races.test_kills import Yard, yard
from tests.settings import ENVIRONMENT
from tests.support.cast import Cast
from tests.support.postgres import with_database
from uploads.models import Upload, UploadState
from uploads.services import Options, receive_upload
from uploads.tasks import check_upload

__all__ = ["yard"]


@pytest.fixture
def worker(yard: Yard, tmp_path: Path) -> Iterator[Container]:
    """As deploy/start starts it: one of its two processes is free, and waits for the queue."""
    owner = with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])
    made = Container("worker", tmp_path, database=owner, broker=yard.valkey.url, processes=2)
    # It reads the files that this process receives.
    made.environment["UPLOAD_DIR"] = default_storage.path("")
    made.start()
    wait_for(made.is_well, "The worker")
    yield made
    made.kill()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize(
    "seconds",
    [2, pytest.param(8, marks=pytest.mark.long), pytest.param(40, marks=pytest.mark.long)],
)
def test_a_busy_worker_outlives_a_broker_that_goes_away(
    cast: Cast, yard: Yard, worker: Container, seconds: int
) -> None:
    batch = batches.leave_batch(
        BatchKind.BLOCK, [cast.uma.pk], customer=cast.contoso, actor=cast.alice
    )
    with transaction.atomic():
        # Someone holds the user, so that the worker stands in the midst of the batch.
        User.objects.select_for_update(no_key=True).get(pk=cast.uma.pk)
        yard.send(run_batch, batch.pk)
        wait_for(yard.progress, "The worker's first step")
        yard.valkey.stop()
        time.sleep(seconds)
        yard.valkey.start()
    wait_for(lambda: _state(batch) == BatchState.DONE, "The batch")
    upload = _upload(cast)
    yard.send(check_upload, upload.pk)
    # Celery looks for its broker every 2, 4, 6 ... seconds, up to 30.
    wait_for(lambda: _checked(upload), f"The next upload ({worker.log})")
    assert worker.stop() == 0
    # Its acknowledgment was lost, so that the queue may have it twice: it was done once.
    assert AuditEvent.objects.filter(batch_id=batch.pk).count() == 1


def test_a_worker_never_gives_up_on_its_broker() -> None:
    assert app.conf.broker_connection_max_retries is None


@pytest.mark.once
def test_a_closed_channel_says_that_its_connection_is_lost(valkey: str) -> None:
    for url in (valkey.replace("unix:", "redis+socket:"), "redis://x/0", "rediss://x/0"):
        assert issubclass(Connection(url).get_transport_cls(), broker.Transport), url
    with pytest.raises(Lost):
        _use_a_closed_one(broker.Transport, valkey)


@pytest.mark.once
def test_kombu_has_not_mended_its_closed_channels(valkey: str) -> None:
    """When this fails, kombu has: partnerportal/serving/broker.py can go."""
    with pytest.raises(AttributeError, match="hostname"):
        _use_a_closed_one(transport.Transport, valkey)


def _use_a_closed_one(kind: type[transport.Transport], valkey: str) -> None:
    with Connection(valkey.replace("unix:", "redis+socket:"), transport=kind) as used:
        made: Any = kind(used)
        channel = made.create_channel(made)
        made.client = None
        channel._disconnect_pools()  # noqa: SLF001
        with channel.conn_or_acquire() as client:
            client.ping()


def _upload(cast: Cast) -> Upload:
    file = ContentFile(b"User name,Display name\nada@contoso.example,Ada\n", name="people.csv")
    return receive_upload(
        file, Options(), customer=cast.contoso, actor=cast.alice, key=batches.new_key()
    )


def _state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def _checked(upload: Upload) -> bool:
    return Upload.objects.filter(pk=upload.pk, state=UploadState.CHECKED).exists()
