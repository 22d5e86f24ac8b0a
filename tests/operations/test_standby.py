"""Files are read from a streaming replica that is up to date: nobody misses what they saved.

The replica is a base backup of the database that goes on by its log, as docs/operations.md says.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.deploy.containers import Container
from tests.operations.visitors import Visitor
from tests.patience import wait_for
from tests.support.house import BASE_DIR
from tests.support.postgres import Postgres, with_database
from tests.support.servers import Valkey, manage

pytestmark = [pytest.mark.postgres, pytest.mark.long]

USERS = "/customers/1/users/"
EXPORT, REPORT, ACTIVITY = (
    f"{USERS}export/",
    "/customers/report/export/",
    "/customers/1/activity/export/",
)
# What the replica's log says of a read of each.
READ = {
    EXPORT: 'FROM "accounts_user"',
    REPORT: 'FROM "licensing_subscription"',
    ACTIVITY: 'FROM "customers_auditevent"',
}


@dataclass
class Pair:
    """A database, its replica, and a web server of one process that knows both."""

    first: Postgres
    replica: Postgres
    web: Container
    alice: Visitor
    numbers: "count[int]"

    def tell_replica(self, statement: str) -> None:
        with psycopg.connect(self.replica.url, autocommit=True) as connection:
            connection.execute(statement)

    def read_by_replica(self, path: str) -> int:
        """How often its log tells of such a read."""
        return (self.replica.data / "server.log").read_text().count(READ[path])

    def left_alone(self) -> list[str]:
        """Why, each time that the web server gave it up for a while."""
        lines = map(json.loads, self.web.log.read_text().splitlines())
        return [line["reason"] for line in lines if line["event"] == "replica_left_alone"]

    def add_user(self) -> str:
        """By the form, as anyone does; their user name."""
        name = f"p{next(self.numbers)}"
        form, cookie = self.alice.form(f"{USERS}add/")
        form |= {"user_name": [name], "display_name": [name.title()]}
        assert self.alice.post(f"{USERS}add/", form, cookie).status == 302
        return f"{name}@contoso.example"

    def text(self, path: str) -> str:
        answer = self.alice.get(path)
        assert answer.status == 200
        return answer.body.decode()

    def shows_what_was_saved(self) -> None:
        """In the list and in each file, at once."""
        name = self.add_user()
        assert name in self.text(EXPORT)
        assert name in self.text(USERS)
        assert name in self.text(ACTIVITY)
        assert "Contoso" in self.text(REPORT)


@pytest.fixture
def pair(whole_pair: Pair) -> Pair:
    """Whatever the test before has done to it, the replica is read."""
    wait_until_read(whole_pair)
    return whole_pair


@pytest.fixture(scope="module")
def whole_pair() -> Iterator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="portal-pair-"))
    folder.chmod(0o711)
    first = Postgres(folder / "first", durable=True).start()
    with psycopg.connect(first.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE live")
    url = with_database(first.url, "live")
    manage("migrate", "--verbosity=0", DATABASE_URL=url)
    prepare = [sys.executable, "-m", "tests.operations.writing", "prepare"]
    subprocess.run(prepare, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
    valkey = Valkey(folder / "valkey.sock").start()
    web = Container("web", folder, database=url, broker=valkey.url)
    replica = start_replica(first, folder / "second")
    # The login is replicated like everything else: one that is made there would be refused.
    web.environment["DATABASE_REPLICA_URL"] = web.environment["DATABASE_URL"].replace(
        str(first.sockets), str(replica.sockets)
    )
    web.environment["STATICFILES_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    web.start()
    wait_for(web.is_well, "The web server")
    yield Pair(first, replica, web, Visitor(web, "alice@fabrikam.example"), count())
    web.kill()
    valkey.stop()
    replica.stop()
    first.stop()
    shutil.rmtree(folder, ignore_errors=True)


def start_replica(first: Postgres, folder: Path) -> Postgres:
    made = Postgres(folder, durable=True, options={"log_statement": "all"})
    made.make_folders()
    backup = ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf"]
    first.run("pg_basebackup", f"--dbname={first.url}", f"--pgdata={made.data}", *backup)
    return made.start()


def test_files_come_from_the_replica_and_have_what_was_just_saved(pair: Pair) -> None:
    left_alone = pair.left_alone()
    for _time in range(10):
        before = {path: pair.read_by_replica(path) for path in READ}
        pair.shows_what_was_saved()
        assert all(pair.read_by_replica(path) > before[path] for path in READ)
    assert pair.left_alone() == left_alone


def test_pages_do_not_come_from_it(pair: Pair) -> None:
    before = {path: pair.read_by_replica(path) for path in READ}
    for path in ("/customers/", USERS, "/customers/report/", "/customers/1/activity/"):
        pair.text(path)
    assert {path: pair.read_by_replica(path) for path in READ} == before


def test_a_replica_that_is_behind_is_left_alone_until_it_has_caught_up(pair: Pair) -> None:
    before = len(pair.left_alone())
    pair.tell_replica("SELECT pg_wal_replay_pause()")
    name = pair.add_user()
    # Whoever waited until it has caught up would get no answer: it goes on further below.
    assert name in pair.text(EXPORT)
    # More than once where the answers have taken longer than it is left alone.
    assert set(pair.left_alone()[before:]) == {"behind"}
    pair.shows_what_was_saved()
    # It is asked again by itself, with no restart.
    pair.tell_replica("SELECT pg_wal_replay_resume()")
    wait_until_read(pair)
    pair.shows_what_was_saved()


def test_a_replica_that_stops_is_left_alone_until_it_is_back(pair: Pair) -> None:
    before = len(pair.left_alone())
    pair.replica.run("pg_ctl", "-D", str(pair.replica.data), "-m", "immediate", "-w", "stop")
    pair.shows_what_was_saved()
    assert set(pair.left_alone()[before:]) == {"away"}
    pair.replica.launch()
    wait_until_read(pair)
    pair.shows_what_was_saved()


def test_nobody_waits_for_a_replica_that_hangs(pair: Pair) -> None:
    before = len(pair.left_alone())
    main = int((pair.replica.data / "postmaster.pid").read_text().split()[0])
    listing = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(main)], text=True)
    processes = [main, *(int(pid) for pid in listing.split())]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        # Whoever waited for it would get no answer: it goes on after the last one.
        pair.shows_what_was_saved()
        assert set(pair.left_alone()[before:]) == {"away"}
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def wait_until_read(pair: Pair) -> None:
    before = pair.read_by_replica(EXPORT)

    def is_read() -> bool:
        pair.text(EXPORT)
        time.sleep(0.5)
        return pair.read_by_replica(EXPORT) > before

    wait_for(is_read, "The replica")
