"""Real workers at a real receiver: told within seconds of the commit, and killed in the midst."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users
from api.models import Webhook, WebhookDelivery
from api.services.webhook_delivery import LEASE, requeue_webhooks
from customers.actions import Action
from customers.models import AuditEvent
from customers.services import audit
from tests.api.caller import at, of
from tests.api.hooks import heard, verified, webhook_at
from tests.api.tokens import token_of
from tests.applications.listener import Asked, Listener, Reply
from tests.factories import UserFactory
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast
from tests.support.house import BASE_DIR
from tests.support.servers import MailServer, Worker, answers, free_port

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
MakeWorker = Callable[[], Worker]
# In `make torture` many; a worker takes seconds to start.
KILLS = 20 if "TORTURE_SECONDS" in os.environ else 2
USERS, WRITERS = 30, 3


@pytest.fixture
def worker_for(
    database_url: str, valkey: str, mail_server: MailServer, listener: Listener, tmp_path: Path
) -> Iterator[MakeWorker]:
    """Starts a worker that may connect to the listener."""
    made: list[Worker] = []

    def make() -> Worker:
        log = tmp_path / f"worker-{len(made)}.log"
        worker = Worker(log, database=database_url, broker=valkey, mail=mail_server.url)
        worker.environment["EGRESS_ALLOW"] = listener.url
        made.append(worker)
        return worker.start()

    yield make
    for worker in made:
        worker.stop()


def follow() -> None:
    """As beat does every other second."""
    from partnerportal.celery import app

    app.send_task("api.tasks.follow_for_webhooks")


def test_a_block_is_told_by_a_worker(
    cast: Cast, listener: Listener, worker_for: MakeWorker
) -> None:
    webhook_at(listener, cast.fabrikam)
    worker_for()
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow()
    told = WebhookDelivery.objects.filter(state="delivered", kind="user.blocked")
    wait_for(told.exists, "The receiver")
    messages = [verified(asked) for asked in listener.asked]
    assert [message["type"] for message in messages] == ["user.blocked"]


class _Writer(threading.Thread):
    """Writes about its users as long as it is let, and rolls every fifth change back."""

    def __init__(self, users: Sequence[User], seed: int) -> None:
        super().__init__(daemon=True)
        self.users, self.over = users, threading.Event()
        self.chance = random.Random(seed)

    def run(self) -> None:
        try:
            while not self.over.wait(0.02):
                self.write()
        finally:
            connection.close()

    def write(self) -> None:
        user = self.chance.choice(self.users)
        undone = self.chance.random() < 0.2
        with transaction.atomic():
            action = Action.PASSWORD_RESET if undone else Action.USER_CHANGED
            entry = audit.Entry(action, user)
            audit.record([entry], actor=None, customer=user.customer)
            # Some commit later than others that began after them.
            time.sleep(self.chance.random() * 0.03)
            transaction.set_rollback(undone)


@pytest.mark.torture
def test_workers_that_are_killed_lose_nothing_double_nothing_written_down_and_keep_the_order(
    cast: Cast, listener: Listener, worker_for: MakeWorker
) -> None:
    webhook_at(listener, cast.fabrikam)
    users = UserFactory.create_batch(USERS, customer=cast.contoso)
    share = USERS // WRITERS
    writers = [_Writer(users[n * share : (n + 1) * share], n) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    settled: list[tuple[int, set[str]]] = []
    for kill in range(KILLS):
        # The receiver fails now and then, too.
        listener.answer = partial(_moody, random.Random(kill))
        some = len(listener.asked) + 40
        worker = worker_for()
        end = time.monotonic() + 120
        while len(listener.asked) < some and time.monotonic() < end:
            _as_beat_does()
        # More than one is on its way.
        worker.kill()
        done = WebhookDelivery.objects.filter(state="delivered")
        settled.append((len(listener.asked), set(done.values_list("message_id", flat=True))))
        # What the dead worker held is free a minute later.
        Webhook.objects.update(claimed_at=timezone.now() - LEASE * 2)
    for writer in writers:
        writer.over.set()
        writer.join()
    listener.answer = lambda _asked: Reply(200)
    worker_for()
    wait_for(_all_told, "The last deliveries")
    _check(listener, settled)


class _Caller(threading.Thread):
    """A script that changes its user again and again, until nobody answers."""

    def __init__(self, port: int, token: str, path: str) -> None:
        super().__init__(daemon=True)
        self.address, self.done = f"http://127.0.0.1:{port}/v1{path}", 0
        self.headers = {"Authorization": f"Bearer {token}"}

    def run(self) -> None:
        # A call that a kill has cut off is an error of the connection.
        with suppress(httpx2.TransportError), httpx2.Client(headers=self.headers) as client:
            while True:
                body = {"jobTitle": uuid4().hex}
                client.patch(self.address, json=body, timeout=PATIENCE).raise_for_status()
                self.done += 1


@contextmanager
def _web(log: Path, environment: dict[str, str]) -> Iterator[int]:
    """A web process on a port of its own, which is killed at the end with all that it began."""
    port = free_port()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--threads=4", f"--bind=127.0.0.1:{port}"),
                "partnerportal.wsgi",
            ],
            cwd=BASE_DIR,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    try:
        wait_for(lambda: process.poll() is not None or answers(port), f"The portal ({log})")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def test_a_web_process_that_is_killed_leaves_word_of_all_that_it_did(
    cast: Cast, listener: Listener, worker_for: MakeWorker, tmp_path: Path
) -> None:
    users = UserFactory.create_batch(WRITERS, customer=cast.contoso)
    # As many may each call a hundred times a minute.
    tokens = [token_of(cast.alice).text for _user in users]
    webhook_at(listener, cast.fabrikam, events=["users.*"])
    environment = worker_for().environment
    done = 0
    for kill in range(min(5, KILLS)):
        with _web(tmp_path / f"web-{kill}.log", environment) as port:
            callers = [
                _Caller(port, token, at(cast.contoso, "users", of(user)))
                for token, user in zip(tokens, users, strict=True)
            ]
            for caller in callers:
                caller.start()
            wait_for(partial(_each_has_done, callers), "The calls")
            # In the midst of a call, wherever that is.
            time.sleep(random.Random(kill).random() * 0.1)
        for caller in callers:
            caller.join()
        done += sum(caller.done for caller in callers)
    wait_for(_all_told, "The last deliveries")
    # Of a call that was cut off the change may be there, and then so is the word of it.
    written = AuditEvent.objects.filter(action="user.changed").count()
    assert done <= written <= done + WRITERS * KILLS
    _check(listener, [])
    print(f" {done} answered, {written} written", end="")


def _each_has_done(callers: Sequence[_Caller]) -> bool:
    return all(caller.done >= 10 for caller in callers)


def _moody(chance: random.Random, _asked: Asked) -> Reply:
    return Reply(500 if chance.random() < 0.05 else 200)


def _as_beat_does() -> None:
    follow()
    time.sleep(0.2)
    # No minutes are waited for.
    now = timezone.now()
    WebhookDelivery.objects.filter(state="waiting", due_at__gt=now).update(due_at=now)
    Webhook.objects.update(rests_until=None)
    requeue_webhooks()


def _all_told() -> bool:
    _as_beat_does()
    written = AuditEvent.objects.filter(action="user.changed").count()
    return WebhookDelivery.objects.filter(state="delivered").count() == written


def _check(listener: Listener, settled: Sequence[tuple[int, set[str]]]) -> None:
    events = AuditEvent.objects.filter(action="user.changed").order_by("pk")
    of_user = defaultdict(list)
    for pk, user in events.values_list("pk", "target_id"):
        of_user[user].append(pk)
    came, messages = heard(listener), defaultdict(set)
    for message, event in came:
        messages[event].add(message)
    kinds = {json.loads(asked.body)["type"] for asked in listener.asked}
    # Nothing is lost, nothing told of what was rolled back, and one id for each.
    assert kinds == {"user.changed"}
    assert messages.keys() == {event.pk for event in events}
    assert {len(ids) for ids in messages.values()} == {1}
    # What was written down before a kill is never sent again.
    for number, done in settled:
        assert done.isdisjoint(message for message, _event in came[number:])
    # For each user in the order of the log, by when each came first.
    first: dict[int | None, int] = {}
    for place, (_message, event) in enumerate(came):
        first.setdefault(event, place)
    for pks in of_user.values():
        places = [first[pk] for pk in pks]
        assert places == sorted(places)
    again = len(came) - len(messages)
    print(f" {len(settled)} kills, {len(messages)} events, {again} sent once more", end="")
