"""The worker that tests share: it works for those who ask for it, and is idle when it says so."""

import pytest
import redis

from accounts.tasks import run_batch
from customers.models import Batch, BatchKind, BatchState
from customers.services.batches import leave_batch
from tests.support.cast import Cast, make_cast
from tests.support.servers import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(cast: Cast) -> Batch:
    return leave_batch(BatchKind.BLOCK, [cast.uma.pk], customer=cast.contoso, actor=cast.alice)


def state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def test_a_worker_that_is_idle_has_done_all_that_it_was_sent(worker: Worker) -> None:
    cast = make_cast()
    for _turn in range(5):
        batch = waiting(cast)
        run_batch.delay(batch.pk)
        worker.wait_until_idle()
        assert state(batch) == BatchState.DONE


def test_a_worker_leaves_the_tasks_of_those_who_have_not_asked_for_it(
    worker: Worker, queue: redis.Redis
) -> None:
    cast = make_cast()
    worker.take_no_tasks()
    batch = waiting(cast)
    run_batch.delay(batch.pk)
    worker.catch_up()
    assert (queue.llen("celery"), state(batch)) == (1, BatchState.WAITING)
    worker.take_tasks()
    worker.wait_until_idle()
    assert state(batch) == BatchState.DONE
