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

from tests.house import BASE_DIR
from tests.postgres import Postgres, with_database, with_login
from tests.servers import manage

pytestmark = pytest.mark.postgres


@pytest.mark.django_db
def test_no_function_has_a_setting_that_superusers_alone_may_give_it() -> None:
    """PostgreSQL takes one of our own for somebody else's: what it may do is not known."""
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


@pytest.mark.long
def test_an_owner_who_may_not_create_roles_is_told_what_to_ask_for(server: Postgres) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ALTER ROLE keeper NOCREATEROLE")
    url = with_database(server.url, "live")
    urls = {
        "DATABASE_URL": with_login(url, "portal_app"),
        "DATABASE_OWNER_URL": with_login(url, "keeper"),
    }
    with pytest.raises(RuntimeError) as caught:
        manage("prepare_roles", **urls)
    told = str(caught.value).splitlines()[1:]
    assert len(told) == 1, told
    assert "keeper may not create it: a superuser has to ALTER ROLE … CREATEROLE." in told[0]
