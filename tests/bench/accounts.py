"""10,000 people who are given accounts in applications, by SCIM and over few connections.

The worker is as in production, each application a process of its own on this machine: scim2-server,
which nobody here wrote and which takes most of the time for itself, for everyone; and one that
costs nothing, as it is and as if it were 50 ms away, for as many as show the rate.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
from django.db.models import QuerySet
from django.test import override_settings

from accounts.models import User
from applications.models import Application, Provision, ProvisionState
from applications.services.applications import Facts, add_application
from applications.services.provisioning.asking import LANES
from applications.services.provisioning.converging import requeue_accounts
from applications.services.provisioning.setting_up import Connection, set_up, switch_provisioning
from customers import scope
from customers.models import Customer
from tests.bench.applications.offices import everyone, population, worker
from tests.bench.clock import processor_time
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.stage import Stage
from tests.patience import wait_for
from tests.support.servers import free_port

TOKEN = "only-for-the-bench"
GOAL, PEOPLE = 20 * 60, 10_000
PATIENCE = 2 * GOAL
# Of those that cost nothing.
SOME = 2_000


@dataclass(frozen=True)
class _Kind:
    """An application: its program, how many accounts are waited for, and what it is called."""

    name: str
    command: tuple[str, ...]
    people: int
    counts_connections: bool = True


def measure(stage: Stage) -> Iterator[Figure]:
    cheap = ("tests.bench.applications.target",)
    some = stage.users(SOME, 60)
    kinds = (
        _Kind("one that costs nothing", (*cheap, "0"), some),
        _Kind("one 50 ms away", (*cheap, "50"), some),
        _Kind("scim2-server", ("tests.bench.applications.scim",), stage.users(PEOPLE, 60), False),
    )
    with stage.databases.copy_of(population(stage)) as url:
        for kind in kinds:
            yield from _of(kind, url)


def _of(kind: _Kind, url: str) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _server(*kind.command) as (origin, server),
        override_settings(EGRESS_ALLOW=[origin]),
        worker(url, Path(folder), [origin]) as running,
    ):
        customer, actor, people = everyone()
        number = min(kind.people, len(people))
        application = _application(kind.name, origin, customer, actor)
        began = time.monotonic()
        before, there = running.spent(), processor_time(server.pid)
        _switch(application, actor, on=True)
        waited = time.monotonic() - began
        _wait(application, number)
        seconds = time.monotonic() - began
        names = _names(application)
        done = len(names)
        spent, theirs = running.spent() - before, processor_time(server.pid) - there
        _switch(application, actor, on=False)
        doubled, missing = _compare(origin, names)
        most = _most(origin) if kind.counts_connections else 0
    what = f"accounts in {kind.name}, {number} people"
    # As if it were all of them, which it is at full size.
    yield at_most(GOAL, f"{what}: for {PEOPLE}", seconds / done * PEOPLE, "s")
    yield yardstick(f"{what}: until it is known who", waited, "s")
    yield yardstick(f"{what}: rate", done / seconds, "/s")
    yield yardstick(f"{what}: processor time of the worker for each", spent / done * 1e3, "ms")
    yield yardstick(f"{what}: processor time of the server for each", theirs / done * 1e3, "ms")
    if kind.counts_connections:
        yield at_most(LANES, f"{what}: connections at the same time", most, "connections")
    yield at_most(0, f"{what}: made twice", doubled, "accounts")
    yield at_most(0, f"{what}: missing", missing, "accounts")


@scope.within(scope.TASKS)
def _application(name: str, origin: str, customer: Customer, actor: User) -> Application:
    facts = Facts(
        name=name,
        start_url=f"{origin}/",
        everyone=True,
        all_customers=False,
        customers=[customer],
    )
    application = add_application(facts, actor=actor).application
    set_up(application, Connection(f"{origin}/v2", TOKEN), actor=actor)
    return application


@scope.within(scope.TASKS)
def _switch(application: Application, actor: User, *, on: bool) -> None:
    switch_provisioning(application, on=on, actor=actor)


def _done(application: Application) -> QuerySet[Provision]:
    return Provision.objects.filter(application=application, state=ProvisionState.DONE)


@scope.within(scope.TASKS)
def _names(application: Application) -> set[str]:
    """Return the user names of those whose accounts are as they should be."""
    users = User.objects.filter(pk__in=_done(application).values("user_id"))
    return set(users.values_list("user_name", flat=True))


@scope.within(scope.TASKS)
def _wait(application: Application, number: int) -> None:
    end, beat = time.monotonic() + PATIENCE, time.monotonic() + 15
    done = _done(application)
    while done.count() < number:
        if time.monotonic() > end:
            raise RuntimeError(f"{done.count()} of {number} accounts in {PATIENCE} s.")
        time.sleep(0.2)
        if time.monotonic() > beat:
            # As beat does.
            requeue_accounts()
            beat = time.monotonic() + 15


def _compare(origin: str, wanted: set[str]) -> tuple[int, int]:
    """How many accounts are there more than once, and how many not at all."""
    names: list[str] = []
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(base_url=origin, headers=headers, timeout=60) as client:
        while True:
            page = client.get("/v2/Users", params={"startIndex": len(names) + 1, "count": 500})
            found = page.json().get("Resources") or []
            if not found:
                break
            names += [one["userName"] for one in found]
    return len(names) - len(set(names)), len(wanted - set(names))


def _most(origin: str) -> int:
    """Return over how many connections it has made accounts at the same time."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx2.get(f"{origin}/v2/Connections", headers=headers)
    return int(answer.json()["most"])


@contextlib.contextmanager
def _server(program: str, *more: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The application in one process, without a master, so that its time can be read."""
    port = free_port()
    origin = f"http://localhost:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", program, str(port), *more],
        env={**os.environ, "SCIM_TOKEN": TOKEN},
    )
    try:
        wait_for(lambda: _answers(origin), "The SCIM server")
        yield origin, process
    finally:
        process.kill()
        process.wait()


def _answers(origin: str) -> bool:
    try:
        return httpx2.get(f"{origin}/v2/ServiceProviderConfig").status_code < 500
    except httpx2.RequestError:
        return False
