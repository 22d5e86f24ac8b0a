"""Out of every application: from the commit of a block until the applications have been told.

Everyone of 10,000 people is signed in in five applications. First some of them are blocked, one
after the other; then all others at once, by one action. Two things end then: the portal takes no
token of theirs any more, and each application is told of each session. The worker is as in
production, the receivers verify each token, and all of it is on this machine.
"""

import contextlib
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users
from applications.models import AppSession, Logout, LogoutState
from applications.models.sessions import new_sid
from applications.oidc.keys import published_keys
from applications.services.applications import Added, Facts, add_application
from customers import scope
from customers.models import Customer
from customers.services import bulk
from tests.bench.applications.bare_loop import bare_loop
from tests.bench.applications.offices import everyone, population, worker
from tests.bench.applications.sessions import Holder, holders, refused
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.stage import Stage
from tests.patience import wait_for

APPLICATIONS = 5
ONE_BY_ONE = 40
# Of whom the portal is asked as applications ask.
ASKED_ABOUT = 8
PATIENCE = 600


@dataclass
class _Receiver:
    process: "subprocess.Popen[str]"
    origins: list[str]
    told: dict[str, float] = field(default_factory=dict)
    doubled: int = 0
    connections: int = 0

    def begin(self, clients: list[str]) -> None:
        self._say({"issuer": settings.OIDC_ISSUER, "keys": published_keys(), "clients": clients})

    def look(self) -> None:
        self._say({})
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        if answer["wrong"]:
            raise RuntimeError(f"Tokens that are none: {answer['wrong'][:3]}")
        self.connections = answer["connections"]
        for sid, at in answer["told"]:
            self.doubled += sid in self.told
            self.told[sid] = at

    def forget(self) -> None:
        self.look()
        self.told.clear()

    def wait_for(self, number: int) -> None:
        end = time.monotonic() + PATIENCE
        while len(self.told) < number:
            if time.monotonic() > end:
                raise RuntimeError(f"{len(self.told)} of {number} were told in {PATIENCE} s.")
            time.sleep(0.05)
            self.look()

    def _say(self, what: Any) -> None:
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
        yield from _of_people_without(people, customer, actor)
        added = _sign_in(receiver, people, actor)
        yield from bare_loop(receiver.origins, [one.application.client_id or "" for one in added])
        receiver.forget()
        with worker(url, Path(folder), receiver.origins) as running:
            few, many = people[:ONE_BY_ONE], people[ONE_BY_ONE:]
            yield from _one_by_one(receiver, few, customer, actor)
            asked = holders(added, [user.pk for user in many[:: len(many) // ASKED_ABOUT]])
            before = running.spent()
            yield from _at_once(receiver, many, customer, actor, asked)
            spent = running.spent() - before
        with scope.within(scope.TASKS):
            wait_for(lambda: not _untold(), "The last rows")
            lost = AppSession.objects.count() - len(receiver.told)
    number = len(many) * APPLICATIONS
    name = "sessions of applications: processor time of the worker for each"
    yield yardstick(name, spent / number * 1e3, "ms")
    name = "sessions of applications: told of by the worker, for each core"
    yield yardstick(name, number / spent, "/s")
    name = "sessions of applications: connections that all were told by"
    yield yardstick(name, receiver.connections, "connections")
    yield at_most(0, "sessions of applications, told twice", receiver.doubled, "tokens")
    yield at_most(0, "sessions of applications, not told", lost, "tokens")


def _untold() -> bool:
    return Logout.objects.exclude(state=LogoutState.TOLD).exists()


@scope.within(scope.TASKS)
def _sign_in(receiver: _Receiver, people: Sequence[User], actor: User) -> list[Added]:
    """Have everyone of them signed in in an application at each of the receiver's addresses."""
    made = []
    for place, origin in enumerate(receiver.origins):
        facts = Facts(
            name=f"Application {place}",
            start_url=f"{origin}/",
            everyone=True,
            redirect_uris=[f"{origin}/callback"],
            logout_uri=f"{origin}/logout",
        )
        made.append(add_application(facts, actor=actor))
    receiver.begin([str(one.application.client_id) for one in made])
    now = timezone.now()
    # As the database has them: what was rolled back above is still in memory.
    epochs = dict(User.objects.values_list("pk", "session_epoch"))
    for application in (one.application for one in made):
        with transaction.atomic():
            bulk.insert_alike(
                AppSession,
                {"application_id": application.pk, "auth_time": now, "last_used_at": now},
                {
                    "user_id": [user.pk for user in people],
                    "epoch": [epochs[user.pk] for user in people],
                    "sid": [new_sid() for _user in people],
                },
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE applications_appsession")
    return made


@scope.within(scope.TASKS)
def _block(users: Sequence[User], customer: Customer, actor: User) -> None:
    block_users(users, customer=customer, actor=actor)


def _of_people_without(people: Sequence[User], customer: Customer, actor: User) -> Iterator[Figure]:
    """What applications cost a block of people who are signed in in none."""
    counts = []
    for size in (10, min(1_000, len(people))):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            _block(people[:size], customer, actor)
            transaction.set_rollback(True)
        asked = [one for one in queries if AppSession._meta.db_table in one["sql"]]
        counts.append(len(asked))
    name = "a block of people without any session of an application, statements about them"
    yield at_most(1, name, max(counts), "queries")


def _one_by_one(
    receiver: _Receiver, people: Sequence[User], customer: Customer, actor: User
) -> Iterator[Figure]:
    taken: list[float] = []
    for user in people:
        known = set(receiver.told)
        _block([user], customer, actor)
        committed = time.time()
        receiver.wait_for(len(known) + APPLICATIONS)
        taken += [at - committed for sid, at in receiver.told.items() if sid not in known]
    name = f"out of {APPLICATIONS} applications after the block of a user, 95 % of sessions"
    yield at_most(10, name, _percentile(taken, 95), "s")


def _at_once(
    receiver: _Receiver,
    people: Sequence[User],
    customer: Customer,
    actor: User,
    asked: Sequence[Holder],
) -> Iterator[Figure]:
    known, number = set(receiver.told), len(people) * APPLICATIONS
    with scope.within(scope.TASKS):
        assert AppSession.objects.standing().count() == number
    began = time.time()
    _block(people, customer, actor)
    committed = time.time()
    what = f"{len(people)} users blocked at once, {number} sessions in {APPLICATIONS} applications"
    yield from refused(what, asked, committed)
    receiver.wait_for(len(known) + number)
    taken = [at - committed for sid, at in receiver.told.items() if sid not in known]
    last = max(taken)
    yield yardstick(f"{what}: the block itself", committed - began, "s")
    yield at_most(10, f"{what}: 95 % of them told of after", _percentile(taken, 95), "s")
    yield yardstick(f"{what}: all of them told of after", last, "s")
    within = sum(seconds <= 10 for seconds in taken)
    yield yardstick(f"{what}: told of within 10 s", within, "sessions")
    yield yardstick(f"{what}: rate", number / last, "/s")


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@contextlib.contextmanager
def _receiver() -> Iterator[_Receiver]:
    command = [sys.executable, "-m", "tests.bench.applications.receiver", str(APPLICATIONS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        yield _Receiver(process, [f"http://localhost:{port}" for port in ports])
    finally:
        process.kill()
        process.wait()
