"""Webhooks: from the commit of a change until a receiver has verified the message.

First users are blocked one after the other, as people do it; then all others at once, by one
action. Worker and beat are as in production, and all of it is on this machine.
"""

import contextlib
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services.users import allow_users, block_users
from api.models import WebhookDelivery
from api.services.webhooks import WebhookFacts, add_webhook
from customers import scope
from customers.models import AuditEvent, Customer
from tests.bench.applications.offices import everyone, population, worker
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.stage import Stage
from tests.patience import wait_for
from tests.support.house import BASE_DIR
from tests.support.servers import Worker

ONE_BY_ONE = 40
PATIENCE = 600


@dataclass
class _Receiver:
    process: "subprocess.Popen[str]"
    address: str
    # By event, the first time; and how many came again.
    told: dict[int, float] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    doubled: int = 0
    connections: int = 0

    def look(self) -> None:
        self.say({})
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        if answer["wrong"]:
            raise RuntimeError(f"Messages that are none: {answer['wrong'][:3]}")
        self.connections = answer["connections"]
        for _message, event, at in answer["told"]:
            self.doubled += event in self.told
            self.told.setdefault(event, at)
            self.order.append(event)

    def wait_for(self, number: int) -> None:
        end = time.monotonic() + PATIENCE
        while len(self.told) < number:
            if time.monotonic() > end:
                raise RuntimeError(f"{len(self.told)} of {number} were told in {PATIENCE} s.")
            time.sleep(0.05)
            self.look()

    def say(self, what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()


def measure(stage: Stage) -> Iterator[Figure]:
    with (
        stage.databases.copy_of(population(stage)) as url,
        tempfile.TemporaryDirectory() as folder,
        _receiver() as receiver,
    ):
        customer, actor, people = everyone()
        _add(receiver, actor)
        with (
            worker(url, Path(folder), [receiver.address]) as running,
            _beat(running, Path(folder)),
        ):
            few, many = people[:ONE_BY_ONE], people[ONE_BY_ONE:]
            yield from _one_by_one(receiver, few, customer, actor)
            before = running.spent()
            yield from _at_once(receiver, many, customer, actor)
            spent = running.spent() - before
            with scope.within(scope.TASKS):
                wait_for(lambda: not _untold(), "The last rows")
        with scope.within(scope.TASKS):
            lost = WebhookDelivery.objects.count() - len(receiver.told)
            disorder = _disorder(receiver)
    name = "webhooks: processor time of the worker for each message"
    yield yardstick(name, spent / (2 * len(many)) * 1e3, "ms")
    yield yardstick("webhooks: connections that all were told by", receiver.connections, "")
    yield at_most(0, "webhooks: messages sent twice", receiver.doubled, "messages")
    yield at_most(0, "webhooks: messages lost", lost, "messages")
    yield at_most(0, "webhooks: messages of a user out of order", disorder, "messages")


def _untold() -> bool:
    return WebhookDelivery.objects.exclude(state="delivered").exists()


@scope.within(scope.TASKS)
def _add(receiver: _Receiver, actor: User) -> None:
    events = ["user.blocked", "user.allowed"]
    facts = WebhookFacts("Bench", f"{receiver.address}/hook", events)
    with _allowing(receiver.address):
        receiver.say(add_webhook(facts, actor=actor).secret)


@contextlib.contextmanager
def _allowing(address: str) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(EGRESS_ALLOW=[address]):
        yield


@scope.within(scope.TASKS)
def _block(users: Sequence[User], customer: Customer, actor: User) -> None:
    block_users(users, customer=customer, actor=actor)


@scope.within(scope.TASKS)
def _allow(users: Sequence[User], customer: Customer, actor: User) -> None:
    allow_users(users, customer=customer, actor=actor)


def _one_by_one(
    receiver: _Receiver, people: Sequence[User], customer: Customer, actor: User
) -> Iterator[Figure]:
    """At any moment between two looks of beat."""
    chance, taken = random.Random(14), []
    for user in people:
        known = set(receiver.told)
        _block([user], customer, actor)
        committed = time.time()
        receiver.wait_for(len(known) + 1)
        taken += [at - committed for event, at in receiver.told.items() if event not in known]
        time.sleep(chance.random() * 2)
    name = f"webhooks: {len(people)} changes one after the other, received by"
    yield at_most(5, f"{name}, 95 %", _percentile(taken, 95), "s")
    yield yardstick(f"{name}, half of them", _percentile(taken, 50), "s")


def _at_once(
    receiver: _Receiver, people: Sequence[User], customer: Customer, actor: User
) -> Iterator[Figure]:
    """All are blocked, and allowed again while messages go out: two events about each."""
    known = set(receiver.told)
    _block(people, customer, actor)
    committed = time.time()
    _allow(people, customer, actor)
    receiver.wait_for(len(known) + 2 * len(people))
    taken = [at - committed for event, at in receiver.told.items() if event not in known]
    what = f"webhooks: {len(people)} users blocked and allowed again, {len(taken)} messages"
    yield yardstick(f"{what}: all of them received after", max(taken), "s")
    yield yardstick(f"{what}: rate", len(taken) / max(taken), "/s")


def _disorder(receiver: _Receiver) -> int:
    """Return how many messages came after a later one about the same user."""
    events = AuditEvent.objects.filter(pk__among=list(receiver.told))
    about = dict(events.values_list("pk", "target_id"))
    newest: dict[int | None, int] = {}
    wrong = 0
    for event in receiver.order:
        user = about[event]
        wrong += event < newest.get(user, 0)
        newest[user] = max(event, newest.get(user, 0))
    return wrong


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@contextlib.contextmanager
def _beat(beside: Worker, folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "partnerportal", "beat"]
    with (folder / "beat.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=BASE_DIR, env=beside.environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _receiver() -> Iterator[_Receiver]:
    command = [sys.executable, "-m", "tests.bench.applications.hook_receiver"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield _Receiver(process, f"http://localhost:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()
