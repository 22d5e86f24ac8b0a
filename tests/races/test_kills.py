"""A worker killed in the middle of a batch has changed nothing; the next one does it once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
import redis
from celery import Task
from django.db import transaction
from django.utils import timezone
from kombu import Connection

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import delete_users
from accounts.tasks import requeue_batches, run_batch
from customers.models import AuditEvent, Batch, BatchKind, BatchState
from customers.services import batches
from tests.factories import SubscriptionFactory, UserFactory
from tests.patience import wait_for
from tests.settings import PROCESS, RUN_DIR
from tests.support.cast import Cast
from tests.support.servers import Valkey, Worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.torture,
]


@dataclass
class Minutes:
    """When beat would come again: each lasts longer, since a busy machine may need it.

    What is begun anew before it is done is never done.
    """

    length: float = 0.25
    began: float = 0.0

    def is_over(self) -> bool:
        if time.monotonic() - self.began < self.length:
            return False
        self.began, self.length = time.monotonic(), min(self.length * 2, 30)
        return True


@dataclass
class Yard:
    """A broker of its own: no other test's worker takes what this one's is killed over."""

    valkey: Valkey
    database: str
    workers: list[Worker]

    def worker(self) -> Worker:
        log = RUN_DIR / f"{PROCESS}-killed-{len(self.workers)}.log"
        made = Worker(
            log, database=self.database, broker=self.valkey.url, mail="smtp://127.0.0.1:1"
        )
        self.workers.append(made)
        return made.start()

    def send(self, task: "Task[..., object]", *args: int) -> None:
        with Connection(self.valkey.url.replace("unix:", "redis+socket:")) as connection:
            task.apply_async(args=args, connection=connection)  # type: ignore[call-arg]

    def progress(self) -> list[bytes]:
        with redis.Redis.from_url(self.valkey.url) as client:
            return list(client.scan_iter("*progress-*"))

    def a_minute_later(self, batch: Batch) -> None:
        """Nothing was heard of the batch for so long that beat sends it again."""
        with redis.Redis.from_url(self.valkey.url) as client:
            if told := self.progress():
                client.delete(*told)
        ago = timezone.now() - timedelta(minutes=2)
        Batch.objects.filter(pk=batch.pk).update(created_at=ago)


@pytest.fixture
def yard(database_url: str) -> Iterator[Yard]:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-kill.sock").start()
    made = Yard(valkey, database_url, [])
    yield made
    for worker in made.workers:
        worker.stop()
    valkey.stop()


@pytest.fixture
def users(cast: Cast) -> list[User]:
    users = UserFactory.create_batch(300, customer=cast.contoso)
    SubscriptionFactory.create(customer=cast.contoso, quantity=300, holders=users)
    return users


def is_done(batch: Batch) -> bool:
    return Batch.objects.filter(pk=batch.pk, state=BatchState.DONE).exists()


@pytest.mark.parametrize("kind", ["delete", pytest.param("undo", marks=pytest.mark.long)])
def test_a_killed_worker_leaves_nothing_and_the_next_one_does_it_once(
    cast: Cast, yard: Yard, users: list[User], kind: str
) -> None:
    batch = _left(cast, users, kind)
    events = AuditEvent.objects.count()
    worker = yard.worker()
    with transaction.atomic():
        # Someone holds the last user, so that the worker stands in the middle of its work.
        User.objects.select_for_update(no_key=True).get(pk=users[-1].pk)
        yard.send(run_batch, batch.pk)
        wait_for(yard.progress, "The worker's first step")
        worker.kill()
    living = User.objects.active().filter(pk__in=[user.pk for user in users])
    before = 0 if kind == "undo" else 300
    batch.refresh_from_db()
    assert (batch.state, len(batch.users)) == (BatchState.WAITING, 300)
    assert (living.count(), AuditEvent.objects.count()) == (before, events)
    yard.worker()
    yard.a_minute_later(batch)
    # As beat does: the database may not have let go of the dead worker's locks before.
    wait_for(partial(_is_done_or_sent, yard, batch, Minutes()), "The batch")
    assert (living.count(), AuditEvent.objects.count()) == (300 - before, events + 300)
    assert batch.items.count() == 300
    assert violations() == []


def _is_done_or_sent(yard: Yard, batch: Batch, minute: Minutes) -> bool:
    if is_done(batch):
        return True
    if minute.is_over():
        yard.send(requeue_batches)
    return False


def _left(cast: Cast, users: list[User], kind: str) -> Batch:
    """A batch that waits, and that no task has been sent for."""
    ids = [user.pk for user in users]
    whole = {"actor": cast.alice, "customer": cast.contoso}
    if kind == "delete":
        return batches.leave_batch(BatchKind.DELETE, ids, **whole)  # type: ignore[arg-type]
    deleted = delete_users(ids, actor=cast.alice, customer=cast.contoso)
    return batches.leave_batch(
        BatchKind.RESTORE,
        ids,
        **whole,  # type: ignore[arg-type]
        undo_of=deleted,
    )
