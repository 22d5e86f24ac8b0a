"""Of any number of beats one acts, whoever dies."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from partnerportal.serving.beat import LAST_RUNS, LOCK
from tests.operations.relay import Relay
from tests.patience import PATIENCE, wait_for
from tests.settings import PROCESS, RUN_DIR
from tests.support.servers import BASE_DIR, Valkey, inherited

pytestmark = [pytest.mark.once, pytest.mark.slow, pytest.mark.torture]

# The portal's beat with a schedule so fast that a test sees it, and a log of what it sends.
APP = """
import logging
from datetime import timedelta
from celery.signals import after_task_publish
from partnerportal.celery import app
app.conf.beat_schedule = {
    "often": {"task": "accounts.tasks.requeue_batches", "schedule": timedelta(seconds=1)},
    "rarely": {"task": "accounts.tasks.purge_deleted_users", "schedule": timedelta(days=1)},
}
NAMES = {entry["task"]: name for name, entry in app.conf.beat_schedule.items()}

@after_task_publish.connect
def tell(sender, **kwargs):
    print(f"Sent: {NAMES[sender]}.", flush=True)
"""


class Beat:
    def __init__(self, folder: Path, name: str, broker: str) -> None:
        self.log = folder / f"{name}.log"
        environment = inherited() | {"REDIS_URL": broker, "LOG_LEVEL": "INFO"}
        environment["PYTHONPATH"] = f"{folder}:{BASE_DIR}"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "hasty", "beat"],
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def acts(self) -> bool:
        told = re.findall("beat_acts|beat_stands_by", self.log.read_text())
        return bool(told) and told[-1] == "beat_acts"

    def sent(self, task: str) -> int:
        return self.log.read_text().count(f"Sent: {task}.")


@pytest.fixture
def broker() -> Iterator[Valkey]:
    server = Valkey(RUN_DIR / f"{PROCESS}-beat.sock").start()
    yield server
    server.stop()


@pytest.fixture
def start(tmp_path: Path, broker: Valkey) -> Iterator[Callable[..., Beat]]:
    (tmp_path / "hasty.py").write_text(APP)
    started: list[Beat] = []

    def start(name: str, url: str = broker.url) -> Beat:
        started.append(Beat(tmp_path, name, url))
        return started[-1]

    yield start
    for beat in started:
        beat.process.kill()
        beat.process.wait(PATIENCE)


@pytest.mark.long
def test_one_acts_and_another_goes_on_when_it_is_killed(
    start: Callable[[str], Beat], broker: Valkey
) -> None:
    beats = [start("first"), start("second")]
    wait_for(lambda: any(beat.acts and beat.sent("often") for beat in beats), "A beat")
    [acting] = [beat for beat in beats if beat.acts]
    [standing] = [beat for beat in beats if not beat.acts]
    acting.process.kill()
    acting.process.wait(PATIENCE)
    assert standing.sent("often") == 0
    wait_for(lambda: standing.sent("often") >= 2, "The other beat")
    # What is due once a day was not sent again for the change of hands.
    assert acting.sent("rarely") + standing.sent("rarely") <= 1

    third = start("third")
    standing.process.terminate()
    assert standing.process.wait(PATIENCE) == 0
    # Whoever is stopped hands over, and does not let the lock run out.
    with redis.Redis.from_url(broker.url) as client:
        wait_for(lambda: third.sent("often") >= 1, "The third beat")
        assert client.pttl(LOCK) > 0
        assert client.hexists(LAST_RUNS, "often")


def test_a_beat_that_waits_for_an_answer_ends_when_it_is_stopped(
    start: Callable[..., Beat], broker: Valkey
) -> None:
    relay = Relay(broker.socket, b"LPUSH").start()
    beat = start("waiting", f"redis://127.0.0.1:{relay.port}/0")
    # It has sent a task, and does not hear whether that has arrived.
    wait_for(relay.held.is_set, "A task")
    time.sleep(0.2)
    beat.process.terminate()
    assert beat.process.wait(PATIENCE) == 0
    with redis.Redis.from_url(broker.url) as client:
        assert not client.exists(LOCK)
    relay.stop()


@pytest.mark.long
def test_a_beat_outlives_a_flushed_and_a_restarted_broker(
    start: Callable[[str], Beat], broker: Valkey
) -> None:
    beats = [start("first"), start("second")]
    wait_for(lambda: any(beat.acts and beat.sent("often") for beat in beats), "A beat")
    with redis.Redis.from_url(broker.url) as client:
        client.flushall()
    broker.stop()
    before = sum(beat.sent("often") for beat in beats)
    broker.start()
    wait_for(
        lambda: sum(beat.sent("often") for beat in beats) > before + 1, "A beat after the restart"
    )
    assert [beat.process.poll() for beat in beats] == [None, None]
    wait_for(lambda: sum(beat.acts for beat in beats) == 1, "One that acts")
