"""A backup taken while others write is whole, and a moment between two writes can be had back."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from operator import ge
from pathlib import Path

import psycopg
import pytest

from tests.patience import PATIENCE, wait_for
from tests.support.postgres import Postgres, application_url, with_database
from tests.support.servers import BASE_DIR, manage
from tests.support.threads import SECONDS

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.long,
]

WRITERS = 4


@dataclass
class Writers:
    """Processes that write through the services until they are stopped."""

    folder: Path
    url: str
    processes: "list[subprocess.Popen[bytes]]"

    def start(self) -> None:
        for number in range(WRITERS):
            self.processes.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "tests.operations.writing",
                        str(number),
                        self._log(number),
                    ],
                    cwd=BASE_DIR,
                    env={**os.environ, "DATABASE_URL": self.url},
                    process_group=0,
                )
            )
        self.go_on()

    def go_on(self, least: int = 6) -> None:
        """Return when each has confirmed so many more writes."""
        wanted = [count + least for count in self._counts()]
        wait_for(lambda: all(map(ge, self._counts(), wanted)), "Writes", progress=self._counts)

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(PATIENCE)

    def confirmed(self, until: float = float("inf")) -> set[int]:
        """Batches that a service has confirmed by then."""
        lines = [
            line.split()
            for number in range(WRITERS)
            for line in Path(self._log(number)).read_text().splitlines()
        ]
        return {int(batch) for at, batch in lines if float(at) < until}

    def _counts(self) -> list[int]:
        paths = [Path(self._log(number)) for number in range(WRITERS)]
        return [len(path.read_text().splitlines()) if path.exists() else 0 for path in paths]

    def _log(self, number: int) -> str:
        return str(self.folder / f"writer-{number}.log")


@pytest.fixture(scope="module")
def yard() -> Iterator[Path]:
    """Short, because a socket's path has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="portal-backup-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(yard: Path) -> Iterator[Postgres]:
    """As in production, and as docs/operations.md says for a restore to any moment."""
    archive = yard / "archive"
    options = {
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
        "archive_timeout": "60",
    }
    made = Postgres(yard / "first", durable=True, options=options)
    made.make_folders(archive)
    made.data.rmdir()
    made.start()
    with psycopg.connect(made.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE live")
    url = with_database(made.url, "live")
    manage("migrate", "--verbosity=0", DATABASE_URL=url)
    prepare = [sys.executable, "-m", "tests.operations.writing", "prepare"]
    subprocess.run(prepare, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
    yield made
    made.stop()


@pytest.fixture
def writers(server: Postgres, tmp_path: Path) -> Iterator[Writers]:
    made = Writers(tmp_path, with_database(server.url, "live"), [])
    made.start()
    yield made
    made.stop()


def batches(url: str) -> set[int]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT id FROM customers_batch WHERE state = 'done'").fetchall()
    return {pk for (pk,) in found}


def prove(url: str) -> None:
    """Every rule of the portal holds there, and the log is as it was written."""
    manage("check_invariants", DATABASE_URL=url)
    manage("verify_audit_log", DATABASE_URL=url)
    with psycopg.connect(url) as connection:
        seals = connection.execute("SELECT count(*) FROM customers_auditseal").fetchone()
    assert seals is not None
    assert seals[0] > 0


def test_a_dump_taken_while_four_write_is_whole(
    server: Postgres, writers: Writers, yard: Path
) -> None:
    dump = server.data.parent / "run" / "portal.dump"
    began = time.time()
    server.run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={writers.url}")
    writers.go_on()
    empty = Postgres(yard / "empty", durable=True).start()
    try:
        with psycopg.connect(empty.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE live")
        url = with_database(empty.url, "live")
        # No dump holds the roles that the policies name.
        application_url(url)
        server.run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", str(dump))
        prove(url)
        found = batches(url)
        assert writers.confirmed(until=began) <= found
        print(f"dump: {len(found)} batches restored, {len(writers.confirmed())} confirmed since")
    finally:
        empty.stop()


def test_any_moment_can_be_had_back(server: Postgres, writers: Writers, yard: Path) -> None:
    second = Postgres(
        yard / "second",
        durable=True,
        options={
            "restore_command": f"cp {yard}/archive/%f %p",
            "recovery_target_action": "promote",
        },
    )
    second.make_folders()
    backup = ["--checkpoint=fast", "--wal-method=stream", f"--pgdata={second.data}"]
    server.run("pg_basebackup", f"--dbname={server.url}", *backup)
    server.run("pg_verifybackup", str(second.data))
    writers.go_on(least=int(6 * SECONDS))
    with psycopg.connect(writers.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE mark AS SELECT 'kept' AS what")
        row = connection.execute(
            "SELECT clock_timestamp()::text, extract(epoch from now())"
        ).fetchone()
        assert row is not None
        moment, epoch = str(row[0]), float(row[1])
        connection.execute("INSERT INTO mark VALUES ('a mistake')")
    writers.go_on()
    writers.stop()
    # From here on nothing but the backup and the archive is read.
    wait_until_archived(server)
    (second.data / "recovery.signal").touch()
    second.options = {**second.options, "recovery_target_time": moment}
    second.start()
    try:
        url = with_database(second.url, "live")
        wait_for(lambda: not _recovers(second.url), "The restore")
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT what FROM mark").fetchall() == [("kept",)]
        prove(url)
        found, before = batches(url), writers.confirmed(until=epoch)
        assert before <= found
        assert not writers.confirmed() <= found
        print(f"moment: {len(before)} confirmed before it, all restored")
    finally:
        second.stop()


def wait_until_archived(server: Postgres) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        last = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert last is not None
        query = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
        wait_for(lambda: connection.execute(query, last).fetchone() == (True,), "The archive")


def _recovers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
