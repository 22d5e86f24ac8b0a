"""A worker that is stopped while it works: what takes too long goes back to the queue."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.files.base import ContentFile
from django.db import connection, transaction

from accounts.invariants import violations
from accounts.models import User
from accounts.tasks import run_batch
from customers.models import Batch, BatchState
from customers.services.batches import new_key
from licensing.models import LicenseAssignment, Subscription
from tests.deploy.containers import Container
from tests.factories import ProductFactory, SubscriptionFactory
from tests.operations import hasty
from tests.patience import wait_for
from tests.races.test_kills import Yard, yard
from tests.settings import ENVIRONMENT
from tests.support.cast import Cast
from tests.support.postgres import with_database
from tests.uploads.uploading import HEADINGS, csv, upload_of
from uploads.services import Options, Short, confirm_upload, fingerprint, receive_upload
from uploads.tasks import check_upload

__all__ = ["yard"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.slow]

NAMES = [f"s{number}" for number in range(2_000)]


@pytest.fixture(params=[Container.start, Container.start_bare])
def worker(yard: Yard, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Container]:
    """As the image starts it, and bare, but with less patience; it starts while we prepare."""
    owner = with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])
    made = Container("worker", tmp_path, database=owner, broker=yard.valkey.url)
    made.environment["DJANGO_SETTINGS_MODULE"] = hasty.__name__
    request.param(made)
    yield made
    made.kill()


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=len(NAMES))


@pytest.fixture
def batch(cast: Cast, mail: Subscription) -> Batch:
    """A confirmed upload that no worker was told of."""
    rows = [[f"{name}@contoso.example", name, "X", "Mail"] for name in NAMES]
    upload = upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)
    with transaction.atomic():
        made = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
        connection.run_on_commit.clear()
    return made


@pytest.mark.long
def test_a_task_that_outlives_the_stop_is_handed_back_and_done_once(
    yard: Yard, worker: Container, batch: Batch, mail: Subscription
) -> None:
    queue = redis.Redis.from_url(yard.valkey.url)
    with queue, transaction.atomic():
        # The worker has written everyone when it comes for the seats, which someone holds.
        Subscription.objects.select_for_update(no_key=True).get(pk=mail.pk)
        yard.send(run_batch, batch.pk)
        wait_for(_somebody_waits_for_us, "The worker at the seats")
        began = time.monotonic()
        assert worker.stop() == 0
        # Not before its patience is over; whoever waited for the task would wait for ever.
        assert time.monotonic() - began >= hasty.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
        assert (queue.llen("celery"), queue.hlen("unacked")) == (1, 0)
    told = [json.loads(line)["event"] for line in worker.log.read_text().splitlines()]
    assert [event for event in told if event.startswith("worker_")] == [
        "worker_ends",
        "worker_hands_back",
    ]
    assert added() == {}
    # Nobody sends it again: the queue has it.
    worker.start()
    wait_for(lambda: _state(batch) == BatchState.DONE, "The next worker")
    assert added() == Counter(f"{name}@contoso.example" for name in NAMES)
    assert LicenseAssignment.objects.live().filter(subscription=mail).count() == len(NAMES)
    assert violations() == []


@pytest.mark.long
def test_a_file_whose_worker_is_stopped_has_not_ended_it(
    cast: Cast, yard: Yard, worker: Container
) -> None:
    rows = ContentFile(csv([["User Name"], ["ada@contoso.example"]]), "people.csv")
    with transaction.atomic():
        upload = receive_upload(
            rows, Options(), customer=cast.contoso, actor=cast.alice, key=new_key()
        )
        connection.run_on_commit.clear()
    with redis.Redis.from_url(yard.valkey.url) as client:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE uploads_uploadrow IN EXCLUSIVE MODE")
            yard.send(check_upload, upload.pk)
            wait_for(_somebody_waits_for_a_table, "The worker at the rows")
            assert _counted(client) == [b"1"]
            assert worker.stop() == 0
        assert "worker_hands_back" in worker.log.read_text()
        assert _counted(client) == [b"0"]


def _counted(client: redis.Redis) -> list[object]:
    return [client.get(key) for key in client.scan_iter("*upload-lost-*")]


def added() -> Counter[str]:
    return Counter(User.objects.filter(last_name="X").values_list("user_name", flat=True))


def _state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


def _somebody_waits_for_a_table() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND relation = 'uploads_uploadrow'::regclass)"
        )
        return bool(cursor.fetchone()[0])
