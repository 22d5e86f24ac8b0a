"""Behind a pooler in transaction mode two partners share a connection, and never a row."""

import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from accounts.signin.lookup import scope_of
from customers import scope
from customers.postgresql.base import DatabaseWrapper
from customers.scope import NOBODY
from tests.patience import PATIENCE, wait_for
from tests.settings import ENVIRONMENT
from tests.support.cast import PASSWORD, Cast
from tests.support.house import BASE_DIR
from tests.support.pooler import Pooler
from tests.support.servers import free_port, inherited

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

VISITORS = 6
TURNS = 8


@pytest.fixture
def pooler(database_url: str) -> Iterator[Pooler]:
    # Where another account may look, as the run's own folder is not.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        made = Pooler(Path(folder) / "pooler", database_url).start()
        yield made
        made.stop()


def client_of(pooler: Pooler) -> DatabaseWrapper:
    """A connection of Django's to the pooler."""
    place = {"HOST": "127.0.0.1", "PORT": str(pooler.port), "USER": pooler.target["user"]}
    return DatabaseWrapper({**connection.settings_dict, **place}, alias="default")


def look(client: DatabaseWrapper) -> tuple[int, set[str]]:
    """The process that serves this client now, and the customers that it shows."""
    with client.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), array_agg(name) FROM customers_customer")
        pid, shown = cursor.fetchone()
        return pid, set(shown or ())


def test_transactions_of_two_partners_take_turns_on_one_connection(
    pooler: Pooler, cast: Cast
) -> None:
    alices, charlies = client_of(pooler), client_of(pooler)
    pids = set()
    for _turn in range(TURNS):
        for client, user, wanted in (
            (alices, cast.alice, {"Contoso", "Northwind"}),
            (charlies, cast.charlie, {"Adatum"}),
        ):
            with scope.within(scope_of(user)):
                pid, shown = look(client)
                assert shown == wanted
                # Each of a request's transactions is told anew: the other one was in between.
                client.finish_reading()
            pids.add(pid)
        with scope.within(NOBODY):
            assert look(alices)[1] == set()
            alices.finish_reading()
    # A request without a scope finds nothing of those before.
    with pytest.raises(ProgrammingError):
        look(charlies)
    assert len(pids) == 1
    alices.close()
    charlies.close()


def test_a_write_and_a_read_outside_of_atomic_are_told_their_scope(
    pooler: Pooler, cast: Cast
) -> None:
    client = client_of(pooler)
    rename = "UPDATE customers_customer SET name = %s WHERE name = %s"
    with scope.within(scope_of(cast.charlie)), client.cursor() as cursor:
        look(client)
        cursor.execute(rename, ["Adatum 2", "Adatum"])
        # Committed at once, not at the end of the request.
        assert client.connection.info.transaction_status.name == "IDLE"
        cursor.execute(rename, ["Contoso 2", "Contoso"])
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError):
            cursor.execute("SELECT FROM no_such_table")
        assert look(client)[1] == {"Adatum 2"}
    client.close()


@contextmanager
def portal(url: str) -> Iterator[str]:
    port = free_port()
    options = [f"--bind=127.0.0.1:{port}", "--threads=4", "--workers=2", "--no-control-socket"]
    environment = inherited(ENVIRONMENT) | {"DATABASE_URL": url}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "--log-level=warning", "partnerportal.wsgi"],
        cwd=BASE_DIR,
        env=environment,
        process_group=0,
    )
    address = f"http://localhost:{port}"
    try:
        wait_for(lambda: answers(f"{address}/health/live"), "gunicorn")
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Visitor:
    """Signs in by the form, and opens pages."""

    def __init__(self, address: str, user: User) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        token = re.search(
            r'name="csrfmiddlewaretoken" value="(\w+)"', self.open("/accounts/login/")
        )
        assert token
        form = {"login": user.user_name, "password": PASSWORD}
        self.open("/accounts/login/", {**form, "csrfmiddlewaretoken": token[1]})

    def open(self, path: str, form: dict[str, str] | None = None) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(f"{self.address}{path}", data, timeout=PATIENCE) as answer:
            page: bytes = answer.read()
        return page.decode()

    def customers(self) -> set[str]:
        page = self.open("/customers/")
        return {name for name in ("Contoso", "Northwind", "Adatum") if name in page}


@pytest.mark.long
def test_requests_of_two_partners_at_once_never_see_each_others_rows(
    pooler: Pooler, cast: Cast
) -> None:
    cast.gives_password(cast.alice, cast.charlie)
    wanted = {cast.alice: {"Contoso", "Northwind"}, cast.charlie: {"Adatum"}}

    def visit(user: User) -> bool:
        visitor = Visitor(address, user)
        return all(visitor.customers() == wanted[user] for _turn in range(TURNS))

    users = [cast.alice, cast.charlie] * (VISITORS // 2)
    with portal(pooler.url) as address, ThreadPoolExecutor(VISITORS) as pool:
        assert list(pool.map(visit, users)) == [True] * VISITORS


def test_a_savepoint_that_is_rolled_back_takes_no_scope_with_it(cast: Cast) -> None:
    # Out of another's scope nobody is looked up.
    alices, charlies = scope_of(cast.alice), scope_of(cast.charlie)
    with transaction.atomic(), scope.within(alices), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        point = transaction.savepoint()
        with scope.within(charlies):
            assert set(names(cursor)) == {"Adatum"}
            transaction.savepoint_rollback(point)
            # The database is back at alice's now.
            assert set(names(cursor)) == {"Adatum"}
        assert set(names(cursor)) == {"Contoso", "Northwind"}


def names(cursor: object) -> list[str]:
    cursor.execute("SELECT name FROM customers_customer")  # type: ignore[attr-defined]
    return [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
