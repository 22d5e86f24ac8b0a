"""`make run`, started for real on a free port with a data folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
from psycopg import sql

from partnerportal.local.supervisor import CHAT_ABOVE, Supervisor
from tests.patience import PATIENCE, wait_for
from tests.support.postgres import migrated_template, with_database, with_login
from tests.support.servers import BASE_DIR, free_port, manage

pytestmark = [pytest.mark.once, pytest.mark.slow]


class Portal:
    """One `python -m partnerportal.local.supervisor` and what it says."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = environment["PORT"]
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "partnerportal.local.supervisor"],
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        wait_for(
            lambda: "is ready" in self.said() or self.process.poll() is not None,
            "The portal",
            progress=lambda: (self.said(), self.children()),
        )
        assert "is ready" in self.said(), self.said()

    def children(self) -> dict[int, str]:
        """Process ids and command lines of all descendants."""
        listing = subprocess.check_output(
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="], text=True
        )
        rows = [line.split(None, 2) for line in listing.splitlines()]
        found: dict[int, str] = {}
        parents = {str(self.process.pid)}
        while parents:
            below = [row for row in rows if row[1] in parents]
            found |= {int(pid): command for pid, _, command in below}
            parents = {pid for pid, _, _ in below}
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def running(pids: dict[int, str]) -> dict[int, str]:
    found = subprocess.run(
        ["ps", "-o", "pid=,stat=", "-p", ",".join(map(str, pids))],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    alive = [int(line.split()[0]) for line in found.splitlines() if "Z" not in line.split()[1]]
    return {pid: pids[pid] for pid in alive}


INHERITED = {
    name: value
    for name, value in os.environ.items()
    if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return INHERITED | {
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(free_port()),
    }


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Portal]]:
    started: list[Portal] = []

    def start(**changes: str) -> Portal:
        log = tmp_path / f"portal-{len(started)}.log"
        started.append(Portal(environment | changes, log))
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.stop()


def test_the_portal_starts_refuses_a_twin_and_ends_whole(
    start: Callable[..., Portal], tmp_path: Path
) -> None:
    portal = start(DEMO_PASSWORD="correct horse battery staple")
    portal.wait_until_ready()
    url = f"http://localhost:{portal.port}/accounts/login/"
    # A type that Django can't read, before any middleware.
    odd = urllib.request.Request(url, headers={"Content-Type": "text/plain; a*=bogus''x"})
    page = urllib.request.urlopen(odd).read()
    assert b"Sign in" in page
    assert "correct horse battery staple" in portal.said()
    assert "alice@fabrikam.example" in portal.said()
    assert any("valkey-server" in command for command in portal.children().values())
    [chat] = re.findall(r"^Team Chat, .*: (http://localhost:\d+/)$", portal.said(), re.MULTILINE)
    assert b"Talk to your team" in urllib.request.urlopen(chat).read()
    # As from My apps: it knows the portal, and the portal knows it by this address.
    with urllib.request.urlopen(f"{chat}login") as answer:
        assert answer.url.startswith(f"http://localhost:{portal.port}/accounts/login/")
        assert f"{chat}callback" in unquote(unquote(answer.url))

    twin = start(PORT=str(free_port()))
    assert twin.process.wait(PATIENCE) == 1
    assert twin.said() == (
        f"The portal is running already: http://localhost:{portal.port}/ "
        f"(process {portal.process.pid})\n"
    )

    neighbor = start(DATA_DIR=str(tmp_path / "other"))
    assert neighbor.process.wait(PATIENCE) == 1
    assert re.fullmatch(
        rf"Port {portal.port} cannot be used \(.+\)\. "
        rf"Choose another: PORT={int(portal.port) + 1} make run\n",
        neighbor.said(),
    )

    children = portal.children()
    assert portal.stop(signal.SIGINT) == 0
    assert running(children) == {}


@pytest.mark.long
def test_started_again_it_keeps_its_data_and_no_death_leaves_a_process(
    start: Callable[..., Portal],
) -> None:
    first = start(DEMO_PASSWORD="correct horse battery staple")
    first.wait_until_ready()
    assert first.stop() == 0

    again = start()
    again.wait_until_ready()
    assert "correct horse battery staple" in again.said()
    _a_child_that_dies_takes_the_others_down(again)

    if sys.platform == "linux":
        third = start()
        third.wait_until_ready()
        children = third.children()
        third.stop(signal.SIGKILL)
        wait_for(lambda: not running(children), "The end of the children")


def _a_child_that_dies_takes_the_others_down(portal: Portal) -> None:
    """The web server, whose own workers outlive it."""
    children = portal.children()
    web = min(pid for pid, command in children.items() if "gunicorn" in command)
    os.kill(web, signal.SIGKILL)
    assert portal.process.wait(PATIENCE) == 1
    assert "web ended by itself (signal SIGKILL): all is stopped.\n" in portal.said()
    assert running(children) == {}


@pytest.mark.postgres
@pytest.mark.long
def test_given_servers_replace_the_embedded_ones(
    start: Callable[..., Portal], postgres: str, valkey: str
) -> None:
    # Migrated already, as it is at each start but the first, and with somebody: no demo is made.
    template = sql.Identifier(migrated_template(postgres))
    create = sql.SQL("CREATE DATABASE portal_supervised TEMPLATE {}").format(template)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(create)
    database = with_database(postgres, "portal_supervised")
    somebody = ("createsuperuser", "--no-input", "--username=somebody@portal.example")
    manage(*somebody, DATABASE_URL=database, DJANGO_SUPERUSER_PASSWORD="only for this test")
    refused = start(DATABASE_URL=database, REDIS_URL=valkey)
    assert refused.process.wait(PATIENCE) == 1
    assert "is a superuser" in refused.said()
    own = with_login(database, "portal_supervised")
    portal = start(DATABASE_URL=own, DATABASE_OWNER_URL=database, REDIS_URL=valkey)
    portal.wait_until_ready()
    assert not any("valkey-server" in command for command in portal.children().values())
    with psycopg.connect(database) as connection:
        query = "SELECT rolsuper FROM pg_roles WHERE rolname = 'portal_supervised'"
        assert connection.execute(query).fetchall() == [(False,)]


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(start: Callable[..., Portal], port: str) -> None:
    portal = start(PORT=port)
    assert portal.process.wait(PATIENCE) == 1
    assert portal.said() == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_a_port_of_team_chat_that_was_chosen_is_no_other(start: Callable[..., Portal]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        portal = start(TEAM_CHAT_PORT=str(port))
        assert portal.process.wait(PATIENCE) == 1
    assert f"Port {port} cannot be used" in portal.said()
    assert f"TEAM_CHAT_PORT={port + 1} make run" in portal.said()


def test_where_the_port_of_team_chat_is_taken_it_has_another(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        supervisor = Supervisor({"PORT": str(taken - CHAT_ABOVE)})
        supervisor.choose_chat_port()
        assert supervisor.chat_port not in {taken, taken - CHAT_ABOVE}


def test_team_chat_gets_none_of_the_secrets_that_the_portal_was_given() -> None:
    secrets = {"SECRET_KEY": "one", "DATABASE_URL": "postgres://portal:two@db/portal"}
    assert Supervisor({"PATH": "/bin", **secrets}).given == {"PATH": "/bin"}


def test_stopping_while_it_prepares_leaves_nothing(start: Callable[..., Portal]) -> None:
    portal = start()
    wait_for(lambda: len(portal.children()) > 1, "Preparing")
    time.sleep(0.2)
    children = portal.children()
    assert portal.stop() == 0
    assert running(children) == {}
