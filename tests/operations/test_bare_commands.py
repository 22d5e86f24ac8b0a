"""Web server, worker and beat by their bare commands: what they write, count, and how they end."""

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.tasks import forget_texts, run_batch
from customers.models import Batch, BatchKind, BatchState
from customers.services import batches
from partnerportal.schedule import SCHEDULE
from partnerportal.serving.beat import LAST_RUNS
from tests.deploy.containers import TOKEN, Container
from tests.operations import unhurried
from tests.partnerportal.serving.test_metrics import Samples, samples
from tests.patience import PATIENCE, wait_for
from tests.races.test_kills import Yard, yard
from tests.settings import ENVIRONMENT
from tests.support.cast import Cast
from tests.support.postgres import with_database
from tests.support.servers import free_port

__all__ = ["yard"]

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Start = Callable[..., Container]
INSIDE = {"Authorization": f"Bearer {TOKEN}"}
ROUTINE = {entry["task"] for entry in SCHEDULE.values()}


@pytest.fixture
def start(yard: Yard, tmp_path: Path) -> Iterator[Start]:
    owner = with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])
    made: list[Container] = []
    (tmp_path / "static").mkdir()
    (tmp_path / "tmp").mkdir()

    def start(service: str, **environment: str) -> Container:
        each = Container(service, tmp_path, database=owner, broker=yard.valkey.url, processes=2)
        made.append(each)
        each.environment["METRICS_PORT"] = str(free_port()) if service == "worker" else ""
        each.environment["STATICFILES_STORAGE"] = (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
        each.environment |= {"TMPDIR": str(tmp_path / "tmp"), **environment}
        each.start_bare()
        return each

    yield start
    for each in made:
        each.kill()


def lines(container: Container) -> list[dict[str, Any]]:
    """All of them: ValueError where one is no JSON."""
    found = []
    for line in container.log.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            raise AssertionError(f"no JSON from {container.service}: {line!r}") from None
    return found


@pytest.mark.django_db(transaction=True)
def test_each_line_is_json_an_event_a_line_and_the_figures_are_of_all_processes(
    cast: Cast, start: Start, yard: Yard, tmp_path: Path
) -> None:
    web = start("web")
    wait_for(web.is_well, "The web server")
    # No worker, and someone polls.
    statuses = [web.ask("/health/status", **INSIDE).status for _poll in range(3)]
    _long_ago(yard)
    worker, beat = start("worker"), start("beat")
    for each in (worker, beat):
        wait_for(each.is_well, each.service)
    for _visit in range(8):
        assert web.ask("/accounts/login/", **{"X-Forwarded-Proto": "https"}).status == 200
    batch = _block(cast)
    yard.send(run_batch, batch.pk)
    wait_for(lambda: _state(batch) == BatchState.DONE, "The batch")
    counted = [_visits(web) for _poll in range(6)]
    assert counted == [8.0] * 6
    tasks = _tasks(worker)
    assert tasks["portal_tasks_total", (("state", "success"), ("task", run_batch.name))] == 1
    wait_for(lambda: _told(worker, forget_texts.name), "Beat's first task")
    assert len(list(tmp_path.glob("tmp/portal-metrics-*"))) == 2
    assert [each.stop() for each in (beat, worker, web)] == [0, 0, 0]
    assert list(tmp_path.glob("tmp/portal-metrics-*")) == []

    told = {each.service: lines(each) for each in (web, worker, beat)}
    asked = [line for line in told["web"] if line["event"] == "request_finished"]
    assert [line["code"] for line in asked] == [200] * 8
    assert all(line["duration_ms"] >= 0 for line in asked)
    assert statuses == [503] * 3
    assert [line for line in told["web"] if line["level"] not in {"info", "debug"}] == []
    # A task that a user starts is three lines; one of beat's is one at most.
    mine = [line["event"] for line in told["worker"] if line.get("task") == run_batch.name]
    assert mine == ["task_started", "task_succeeded"]
    every = [line for each in told.values() for line in each]
    routine = Counter(line["task_id"] for line in every if line.get("task") in ROUTINE)
    assert routine
    assert set(routine.values()) == {1}
    assert not [line for line in every if line.get("child_task_name") in ROUTINE]


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_a_start_that_fails_is_one_line(service: str, valkey: str, tmp_path: Path) -> None:
    database = ENVIRONMENT["DATABASE_URL"]
    failed = Container(service, tmp_path, database=database, broker=valkey)
    failed.environment |= {"SECRET_KEY": "short", "AUDIT_KEYS": ""}
    failed.start_bare()
    assert failed.process is not None
    assert failed.process.wait(PATIENCE) != 0
    [line] = lines(failed)
    assert (line["event"], line["level"]) == ("not_started", "critical")
    assert "- SECRET_KEY is weak" in line["error"]
    assert "- AUDIT_KEYS is missing" in line["error"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_ends_as_soon_as_its_tasks_are_done(
    cast: Cast, start: Start, yard: Yard
) -> None:
    worker = start("worker", DJANGO_SETTINGS_MODULE=unhurried.__name__)
    wait_for(worker.is_well, "The worker")
    batch = _block(cast)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=cast.uma.pk)
        yard.send(run_batch, batch.pk)
        wait_for(yard.progress, "The worker's first step")
        assert worker.process is not None
        worker.process.terminate()
        time.sleep(2)
        assert worker.process.poll() is None
    # It would wait much longer for a task that takes too long.
    assert worker.process.wait(PATIENCE) == 0
    assert _state(batch) == BatchState.DONE
    with redis.Redis.from_url(yard.valkey.url) as queue:
        assert (queue.llen("celery"), queue.hlen("unacked")) == (0, 0)
    assert [line["event"] for line in lines(worker)].count("worker_ends") == 1


def _block(cast: Cast) -> Batch:
    return batches.leave_batch(
        BatchKind.BLOCK, [cast.uma.pk], customer=cast.contoso, actor=cast.alice
    )


def _state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def _long_ago(yard: Yard) -> None:
    """All that beat sends is due at once."""
    ago = (timezone.now() - timedelta(days=2)).isoformat()
    with redis.Redis.from_url(yard.valkey.url) as client:
        client.hset(LAST_RUNS, mapping=dict.fromkeys(SCHEDULE, ago))


def _told(container: Container, task: str) -> bool:
    return any(line.get("task") == task for line in lines(container))


def _visits(web: Container) -> float:
    found = samples(web.ask("/metrics", **INSIDE).body.decode())
    labels = (("method", "GET"), ("status", "200"), ("view", "account_login"))
    return found["portal_requests_total", labels]


def _tasks(worker: Container) -> Samples:
    address = f"http://127.0.0.1:{worker.environment['METRICS_PORT']}/"
    with urllib.request.urlopen(urllib.request.Request(address, headers=INSIDE)) as answer:
        return samples(answer.read().decode())
