"""deploy/start as a container runs it: the environment of the compose file, and nothing else."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.house import BASE_DIR
from tests.operations.compose import environment, exampled
from tests.operations.processes import PRODUCTION, bare
from tests.postgres import migrated_template, with_database
from tests.servers import Valkey, free_port, wait_for
from tests.settings import PROCESS, RUN_DIR

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

TOKEN = secrets.token_urlsafe(32)
PORT = str(free_port())


class Container:
    """One service of the compose file, as a process of this machine."""

    def __init__(self, service: str, folder: Path, database: str, broker: str) -> None:
        self.folder = folder
        filled = exampled() | {name: PRODUCTION[name] for name in PRODUCTION if name in exampled()}
        filled |= {"MONITORING_TOKEN": TOKEN, "POSTGRES_PASSWORD": "x"}
        filled |= {"PORTAL_HOST": "portal.example", "DEFAULT_FROM_EMAIL": "portal@portal.example"}
        filled |= dict.fromkeys(
            ("OWNER_DATABASE_URL", "WEB_DATABASE_URL", "TASKS_DATABASE_URL"), database
        )
        # Places that are mounts in a container.
        places = {
            "UPLOAD_DIR": str(folder / "uploads"),
            "HEARTBEAT_DIR": str(folder),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / f"metrics-{service}"),
            "STATIC_ROOT": str(folder / "static"),
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{PORT}",
        }
        here = {"REDIS_URL": broker, "WORKER_PROCESSES": "1", "WEB_PROCESSES": "1"}
        self.environment = bare(**environment(service, filled) | places | here)
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{service}.log"

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(BASE_DIR / "deploy" / "start"), *command],
            check=False,
            cwd="/",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(BASE_DIR / "deploy" / "start"), self.service],
                cwd="/",
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def is_well(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        check = [str(BASE_DIR / "deploy" / "healthy"), self.service]
        done = subprocess.run(check, check=False, env=self.environment, capture_output=True)
        return done.returncode == 0

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def database(postgres: str) -> str:
    """A migrated one of this test's own."""
    name = f"portal_test_{RUN_DIR.name[-8:]}_{PROCESS}_start"
    template = sql.Identifier(migrated_template(postgres))
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), template))
    return with_database(postgres, name)


@pytest.fixture
def container(tmp_path: Path, database: str) -> Iterator[Callable[[str], Container]]:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-start.sock").start()
    made: list[Container] = []

    def container(service: str) -> Container:
        made.append(Container(service, tmp_path, database, valkey.url))
        return made[-1]

    yield container
    for each in made:
        if each.process is not None and each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait(10)
    valkey.stop()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": "portal.example", **headers})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def test_the_image_starts_serves_and_stops(container: Callable[[str], Container]) -> None:
    migrate, web = container("migrate"), container("web")
    with psycopg.connect(migrate.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP TABLE django_session")
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    collected = web.run("collectstatic", "--no-input")
    assert collected.returncode == 0, collected.stderr
    web.start()
    wait_for(lambda: _answers("/health/live"), "The web server", 40)
    # Until the step is done, no balancer sends anybody here.
    assert ask("/health/ready").status == 503
    done = migrate.run("migrate")
    assert done.returncode == 0, done.stderr
    assert "Applying sessions.0001_initial... OK" in done.stdout
    assert ask("/health/ready").body == b"ok"

    assert ask("/accounts/login/").status == 301
    page = ask("/accounts/login/", **{"X-Forwarded-Proto": "https"})
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    assert ask("/", Host="elsewhere.example", **{"X-Forwarded-Proto": "https"}).status == 400
    assert ask("/health/status").status == 404

    worker, beat = container("worker"), container("beat")
    worker.start()
    beat.start()
    wait_for(worker.is_well, "The worker", 60)
    wait_for(beat.is_well, "The beat", 60)
    status = ask("/health/status", Authorization=f"Bearer {TOKEN}")
    found = json.loads(status.body)
    assert (found["alarms"], found["database"], found["redis"]) == ([], "ok", "ok")

    assert [each.stop() for each in (beat, worker, web)] == [0, 0, 0]
    lines = [json.loads(line) for line in web.log.read_text().splitlines()]
    assert "GET /accounts/login/" in {line.get("request") for line in lines}


def _answers(path: str) -> bool:
    try:
        return ask(path).status == 200
    except OSError:
        return False


def test_the_image_refuses_to_start_without_its_secrets(
    container: Callable[[str], Container],
) -> None:
    web = container("web")
    web.environment |= {"SECRET_KEY": "", "MONITORING_TOKEN": "short"}
    done = web.run("web")
    assert done.returncode != 0
    assert "- SECRET_KEY is missing" in done.stderr
    assert "- MONITORING_TOKEN is weak" in done.stderr
