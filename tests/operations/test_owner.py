"""The owner of the tables need not be a superuser, who is nowhere to be had on a managed server."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.support.house import BASE_DIR
from tests.support.postgres import Postgres, with_database, with_login
from tests.support.servers import manage

pytestmark = pytest.mark.postgres


@pytest.mark.django_db
def test_no_function_has_a_setting_that_superusers_alone_may_give_it() -> None:
    """PostgreSQL takes one of our own for someone else's: what it may do is not known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, setting FROM pg_proc, unnest(proconfig) AS setting"
            " WHERE pronamespace = current_schema()::regnamespace"
            " AND split_part(setting, '=', 1) LIKE '%.%'"
        )
        assert cursor.fetchall() == []


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Of its own: on the tests' server the roles of the policies belong to a superuser."""
    folder = Path(tempfile.mkdtemp(prefix="portal-owner-"))
    folder.chmod(0o711)
    made = Postgres(folder / "pg").start()
    with psycopg.connect(made.url, autocommit=True) as server:
        server.execute("CREATE ROLE keeper LOGIN CREATEROLE")
        server.execute("CREATE DATABASE live OWNER keeper")
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.long
def test_an_owner_who_may_create_roles_prepares_and_migrates(server: Postgres) -> None:
    """And the portal's login then writes, seals and drops what is due."""
    url = with_database(server.url, "live")
    urls = {
        "DATABASE_URL": with_login(url, "portal_app"),
        "DATABASE_OWNER_URL": with_login(url, "keeper"),
    }
    for command in (["prepare_roles"], ["migrate", "--verbosity=0"]):
        manage(*command, **urls)
    prepare = [sys.executable, "-m", "tests.operations.writing", "prepare"]
    subprocess.run(prepare, check=True, cwd=BASE_DIR, env={**os.environ, **urls})
    manage("check_invariants", **urls)
    manage("verify_audit_log", **urls)
    with psycopg.connect(url) as reader:
        row = reader.execute("SELECT count(*) FROM customers_auditseal").fetchone()
    assert row == (1,)


def prepare_roles(*arguments: str, **urls: str) -> "subprocess.CompletedProcess[str]":
    return run_manage("prepare_roles", *arguments, **urls)


def run_manage(*arguments: str, **urls: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *arguments]
    environment = {**os.environ, **urls}
    return subprocess.run(
        command, check=False, cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )


@pytest.mark.long
def test_each_step_of_an_owner_says_what_is_missing_and_a_dry_run_changes_nothing(
    server: Postgres,
) -> None:
    url = with_database(server.url, "live")
    urls = {
        "DATABASE_URL": with_login(url, "portal_app"),
        "DATABASE_OWNER_URL": with_login(url, "keeper"),
    }
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute("ALTER ROLE keeper NOCREATEROLE")
        refused = prepare_roles(**urls)
        superuser.execute("ALTER ROLE keeper CREATEROLE")
    assert refused.returncode == 1
    [sentence] = refused.stderr.splitlines()
    assert "a superuser has to run ALTER ROLE keeper CREATEROLE" in sentence
    for word in ("CONTEXT", "PL/pgSQL", "prepare_roles", "HINT"):
        assert word not in sentence

    tried = prepare_roles("--dry-run", **urls)
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.splitlines()[0].startswith("Nothing was changed.")
    with psycopg.connect(server.url) as reader:
        found = reader.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal%'")
        assert found.fetchall() == []

    done = prepare_roles(**urls)
    assert done.stdout.splitlines() == tried.stdout.splitlines()[1:]
    # Before there is a table to search, and again when there is.
    assert done.stdout.count("a superuser has to run ALTER FUNCTION") == 1
    migrated = run_manage("migrate", "--verbosity=0", **urls)
    assert migrated.returncode == 0, migrated.stderr
    assert migrated.stderr.count("a superuser has to run ALTER FUNCTION") == 1
    again = run_manage("migrate", "--verbosity=0", **urls)
    assert again.stderr.count("a superuser has to run ALTER FUNCTION") == 1
    said = again.stderr
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute(said[said.index("ALTER") : said.index(" in this database")].encode())
    assert run_manage("migrate", "--verbosity=0", **urls).stderr == ""
    assert "LEAKPROOF" not in prepare_roles(**urls).stdout
