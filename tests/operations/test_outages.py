"""Services stop, restart and die while four people add users: what was confirmed is there, once.

Each client sends the same form again until it is answered, as people do. `make torture` goes on
for longer; the counts are printed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests.deploy.containers import TOKEN, Answer, Container
from tests.operations.visitors import Visitor
from tests.patience import PATIENCE, wait_for
from tests.support.forms import fields
from tests.support.house import BASE_DIR
from tests.support.postgres import Postgres, with_database
from tests.support.servers import Valkey, manage
from tests.support.threads import SECONDS

pytestmark = [pytest.mark.postgres, pytest.mark.long]

Over = Callable[[str], Counter[str]]

ALICE = "alice@fabrikam.example"
CLIENTS = 4
# What a client may hear meanwhile: never that the portal made a mistake.
CALM = {"200", "302", "503", "refused", "no answer to GET", "no answer to POST"}


@dataclass
class Site:
    folder: Path
    postgres: Postgres
    valkey: Valkey
    web: Container
    worker: Container
    customer: int
    visitor: Visitor

    @property
    def database(self) -> str:
        return with_database(self.postgres.url, "live")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def living(self) -> Counter[str]:
        query = "SELECT user_name FROM accounts_user WHERE user_name LIKE 'c%-%@%'"
        return Counter(str(name) for (name,) in self.ask(query))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="portal-outage-"))
    folder.chmod(0o711)
    postgres = Postgres(folder / "pg", durable=True).start()
    valkey = Valkey(folder / "valkey.sock").start()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE live")
    url = with_database(postgres.url, "live")
    manage("migrate", "--verbosity=0", DATABASE_URL=url)
    prepare = [sys.executable, "-m", "tests.operations.writing", "prepare"]
    subprocess.run(prepare, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
    web, worker = (
        Container(service, folder, database=url, broker=valkey.url, processes=2)
        for service in ("web", "worker")
    )
    for each in (web, worker):
        # Served from their folders: what files are called is not what is tried here.
        each.environment["STATICFILES_STORAGE"] = (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
        each.start()
    wait_for(web.is_well, "The web server")
    wait_for(worker.is_well, "The worker")
    with psycopg.connect(url) as connection:
        query = "SELECT id FROM customers_customer WHERE name = 'Contoso'"
        row = connection.execute(query).fetchone()
    assert row is not None
    yield Site(folder, postgres, valkey, web, worker, row[0], Visitor(web, ALICE))
    web.kill()
    worker.kill()
    valkey.stop()
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Away(Exception):
    """The page says to come back."""


class Client(threading.Thread):
    """Adds one user after the other, by a form that is sent again until it is answered."""

    def __init__(self, site: Site, number: int, statuses: Counter[str]) -> None:
        super().__init__(daemon=True)
        self.site, self.number, self.statuses = site, number, statuses
        self.path = f"/customers/{site.customer}/users/add/"
        self.ends = threading.Event()
        self.confirmed: list[str] = []

    def run(self) -> None:
        while not self.ends.is_set():
            name = f"c{self.number}-{len(self.confirmed)}-{time.monotonic_ns()}"
            form, cookie = self._until_answered("GET", self._form)
            form |= {"user_name": [name], "display_name": [name]}
            self._until_answered("POST", partial(self._send, form, cookie))
            self.confirmed.append(f"{name}@contoso.example")

    def _form(self) -> tuple[dict[str, list[str]], str]:
        page = self.site.visitor.get(self.path)
        self._note(page)
        return fields(page.body.decode()), page.headers["Set-Cookie"].partition(";")[0]

    def _send(self, form: dict[str, list[str]], cookie: str) -> None:
        answer = self.site.visitor.post(self.path, form, cookie)
        self._note(answer)
        assert answer.status == 302, answer.body.decode()

    def _note(self, answer: Answer) -> None:
        self.statuses[str(answer.status)] += 1
        if answer.status == 503:
            assert answer.headers["Retry-After"] == "30"
            assert "Back in a moment" in answer.body.decode()
            raise Away

    def _until_answered(self, what: str, ask: Callable[[], Any]) -> Any:
        while True:
            try:
                return ask()
            except Away:
                time.sleep(0.2)
            except ConnectionRefusedError:
                self.statuses["refused"] += 1
                time.sleep(0.2)
            except (OSError, HTTPException):
                self.statuses[f"no answer to {what}"] += 1
                time.sleep(0.2)


@pytest.fixture
def crowd(site: Site) -> Iterator[Over]:
    """Starts the clients; what is called tells when all is over, with the counts."""
    before, statuses = site.living(), Counter[str]()
    clients = [Client(site, number, statuses) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_for(lambda: all(client.confirmed for client in clients), "Each client")

    def over(outage: str) -> Counter[str]:
        counts = [len(client.confirmed) for client in clients]
        wait_for(
            lambda: all(
                len(client.confirmed) > count for client, count in zip(clients, counts, strict=True)
            ),
            "Each client again",
        )
        for client in clients:
            client.ends.set()
        for client in clients:
            client.join(PATIENCE)
            assert not client.is_alive(), "a client that failed or waits"
        confirmed = Counter(name for client in clients for name in client.confirmed)
        living = site.living() - before
        print(f"{outage}: {confirmed.total()} confirmed, {dict(statuses)}")
        assert living == confirmed
        assert statuses.keys() <= CALM
        manage("check_invariants", DATABASE_URL=site.database)
        return statuses

    yield over
    for client in clients:
        client.ends.set()


def test_postgresql_dies_and_starts_under_load(site: Site, crowd: Over) -> None:
    site.postgres.run("pg_ctl", "-D", str(site.postgres.data), "-m", "immediate", "-w", "stop")
    assert site.web.ask("/health/live").status == 200
    wait_for(lambda: site.web.ask("/health/ready").status == 503, "Not ready")
    time.sleep(SECONDS)
    site.postgres.launch()
    wait_for(lambda: site.web.ask("/health/ready").status == 200, "Ready again")
    crowd("PostgreSQL died")


def test_redis_stops_and_starts_empty_under_load(site: Site, crowd: Over) -> None:
    site.valkey.stop()
    assert site.web.ask("/health/ready").status == 200
    time.sleep(SECONDS)
    site.valkey.start()
    crowd("Redis lost everything")
    wait_for(lambda: _heard(site), "The worker")


def test_a_web_process_is_killed_under_load(site: Site, crowd: Over) -> None:
    for _kill in range(max(1, round(SECONDS / 5))):
        os.kill(_children(site.web)[0], signal.SIGKILL)
        time.sleep(1)
    crowd("a web process was killed")


def test_a_web_server_that_is_stopped_finishes_its_requests(site: Site, crowd: Over) -> None:
    web = site.web.process
    assert web is not None
    with psycopg.connect(site.database) as connection:
        query = "SELECT 1 FROM customers_customer WHERE id = %s FOR UPDATE"
        connection.execute(query, [site.customer])
        wait_for(lambda: _waiting_for_rows(site) == CLIENTS, "Each client at this lock")
        web.terminate()
        time.sleep(1)
        assert web.poll() is None
    assert web.wait(PATIENCE) == 0
    site.web.start()
    # A new connection may meet a closed door; what was begun is answered.
    assert "no answer to POST" not in crowd("the web server was stopped")


def test_a_worker_that_is_stopped_finishes_its_task(site: Site) -> None:
    with psycopg.connect(site.database) as connection:
        connection.execute("SELECT 1 FROM accounts_user WHERE username LIKE 'uma@%' FOR UPDATE")
        environment = {name: site.worker.environment[name] for name in site.worker.environment}
        del environment["PROMETHEUS_MULTIPROC_DIR"]
        command = [sys.executable, "-m", "tests.operations.writing", "leave"]
        environment["DJANGO_SETTINGS_MODULE"] = "partnerportal.settings"
        subprocess.run(command, check=True, cwd=BASE_DIR, env=environment)
        with redis.Redis.from_url(site.valkey.url) as queue:
            wait_for(lambda: queue.hlen("unacked"), "The worker takes it")
        worker = site.worker.process
        assert worker is not None
        worker.terminate()
        time.sleep(2)
        assert worker.poll() is None
    assert worker.wait(PATIENCE) == 0
    assert site.ask("SELECT state FROM customers_batch WHERE kind = 'block'") == [("done",)]
    site.worker.start()
    wait_for(site.worker.is_well, "The worker")


def _waiting_for_rows(site: Site) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    [(count,)] = site.ask(query)
    return int(str(count))


def _heard(site: Site) -> bool:
    answer = site.web.ask("/health/status", Authorization=f"Bearer {TOKEN}")
    return "worker" not in json.loads(answer.body)["alarms"]


def _children(container: Container) -> list[int]:
    assert container.process is not None
    listing = subprocess.check_output(
        ["ps", "-o", "pid=", "--ppid", str(container.process.pid)], text=True
    )
    return [int(pid) for pid in listing.split()]
