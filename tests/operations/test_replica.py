"""Files are read from a replica while it answers; pages are not, and nothing waits for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.deploy.containers import Container
from tests.operations.visitors import Visitor
from tests.patience import wait_for
from tests.settings import PROCESS, RUN_DIR
from tests.support.house import BASE_DIR
from tests.support.postgres import application_url, migrated_template, with_database
from tests.support.servers import Valkey

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

FIRST, SECOND = (f"portal_test_{RUN_DIR.name[-8:]}_{PROCESS}_{name}" for name in ("main", "copy"))


@pytest.fixture
def maintenance(postgres: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Of two databases: one with users, and a replica that has not heard of anything yet."""
    template = sql.Identifier(migrated_template(postgres))
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in (FIRST, SECOND):
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(sql.Identifier(name), template))
        yield connection
        for name in (FIRST, SECOND):
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


@pytest.fixture
def web(
    postgres: str, maintenance: "psycopg.Connection[tuple[object, ...]]", tmp_path: Path
) -> Iterator[Container]:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-copy.sock").start()
    url = with_database(postgres, FIRST)
    prepare = [sys.executable, "-m", "tests.operations.writing", "prepare"]
    subprocess.run(prepare, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
    made = Container("web", tmp_path, database=url, broker=valkey.url)
    made.environment["DATABASE_REPLICA_URL"] = application_url(with_database(postgres, SECOND))
    made.environment["STATICFILES_STORAGE"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    made.start()
    wait_for(made.is_well, "The web server")
    yield made
    made.kill()
    valkey.stop()


@pytest.mark.long
def test_files_come_from_the_replica_while_it_answers_and_pages_never(
    web: Container, maintenance: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    alice = Visitor(web, "alice@fabrikam.example")
    users = "/customers/1/users/"
    files = (f"{users}export/", "/customers/report/export/")

    def lines(path: str) -> int:
        """Below the headings."""
        answer = alice.get(path)
        assert answer.status == 200
        return len(answer.body.decode().splitlines()) - 1

    assert [lines(file) for file in files] == [0, 0]
    assert lines("/customers/1/activity/export/") == 0
    assert "Uma" in alice.get(users).body.decode()
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(SECOND))
    maintenance.execute(drop)
    # Two users; of the month a line for each customer and each subscription.
    assert [lines(file) for file in files] == [2, 4]
