"""Who may be the portal to PostgreSQL: a login that the policies hold, and nobody else."""

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from customers.postgresql.logins import examine
from tests.patience import PATIENCE
from tests.settings import ENVIRONMENT
from tests.support.house import BASE_DIR
from tests.support.postgres import APPLICATION, with_database, with_login
from tests.support.servers import inherited

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

# What each must not be, and what is said of it.
UNFIT = {
    "SUPERUSER": "is a superuser or can become one",
    "BYPASSRLS": "has BYPASSRLS or can take it",
    "INHERIT IN ROLE portal_tasks": "has the rights of portal_tasks without asking",
    "NOINHERIT IN ROLE portal_tasks": "cannot take the role portal_web, portal_people",
}


@pytest.fixture
def owner_url(database_url: str) -> str:
    return with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])


@pytest.fixture
def login(owner_url: str) -> Iterator[str]:
    """The name of a login that a test makes; it is gone afterwards."""
    name = f"{connection.settings_dict['NAME']}_login"
    yield name
    with psycopg.connect(owner_url, autocommit=True) as server:
        gone = "REASSIGN OWNED BY {0} TO CURRENT_USER; DROP OWNED BY {0}; DROP ROLE {0}"
        server.execute(sql.SQL(gone).format(sql.Identifier(name)))


def run(*command: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=BASE_DIR,
        env=inherited(ENVIRONMENT) | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


def problems(url: str) -> tuple[str, ...]:
    with psycopg.connect(url) as server, server.cursor() as cursor:
        return examine(cursor).problems


def test_the_portals_own_login_is_fit_and_by_itself_sees_nothing(database_url: str) -> None:
    assert problems(database_url) == ()
    with (
        psycopg.connect(database_url) as server,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        server.execute("SELECT FROM customers_customer")


@pytest.mark.parametrize("attributes", UNFIT)
def test_a_login_that_policies_do_not_hold_is_named_as_such(
    owner_url: str, login: str, attributes: str
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {login} LOGIN {attributes}")
    assert any(UNFIT[attributes] in problem for problem in problems(with_login(owner_url, login)))


def test_an_owner_of_the_tables_is_named_as_such(owner_url: str, login: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {login} LOGIN NOINHERIT")
        server.execute(f"ALTER TABLE customers_customer OWNER TO {login}")
    assert "owns the tables" in problems(with_login(owner_url, login))


def test_web_server_and_worker_start_as_the_portals_own_login_alone(
    database_url: str, owner_url: str
) -> None:
    web = ("-c", "import partnerportal.wsgi")
    worker = ("-m", "celery", "-A", "partnerportal", "worker", "--pool=solo")
    assert run(*web, DATABASE_URL=database_url)[0] == 0
    for command in (web, worker):
        status, said = run(*command, DATABASE_URL=owner_url)
        assert status == 1
        assert "which is a superuser or can become one: the portal runs only as a login" in said


def test_a_web_server_starts_while_the_database_is_away(database_url: str) -> None:
    away = with_database(database_url, "nowhere")
    status, said = run("-c", "import partnerportal.wsgi", DATABASE_URL=away)
    assert (status, "database_away" in said) == (0, True)


@pytest.mark.long
def test_commands_of_the_portals_login_see_everything(database_url: str) -> None:
    status, said = run("manage.py", "check_invariants", DATABASE_URL=database_url)
    assert (status, "rules hold" in said) == (0, True)


@pytest.mark.long
def test_migrate_signs_in_as_the_owner(database_url: str, owner_url: str) -> None:
    migrate = ("manage.py", "migrate", "--verbosity=1")
    status, said = run(*migrate, DATABASE_URL=database_url, DATABASE_OWNER_URL=owner_url)
    assert (status, "No migrations to apply" in said) == (0, True)


def test_an_owner_who_may_not_create_roles_hears_one_sentence(owner_url: str, login: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {login} LOGIN")
    urls = {"DATABASE_OWNER_URL": with_login(owner_url, login)}
    urls["DATABASE_URL"] = with_login(owner_url, "somebody_new")
    status, said = run("manage.py", "prepare_roles", **urls)
    [sentence] = said.splitlines()
    assert status == 1
    assert f"a superuser has to run ALTER ROLE {login} CREATEROLE" in sentence


@pytest.mark.long
def test_roles_are_prepared_again_and_again(database_url: str, owner_url: str, login: str) -> None:
    urls = {"DATABASE_URL": with_login(owner_url, login), "DATABASE_OWNER_URL": owner_url}
    first = run("manage.py", "prepare_roles", **urls)
    assert first == run("manage.py", "prepare_roles", **urls)
    assert first[0] == 0
    assert first[1].splitlines() == [
        "Roles of the policies: portal_web, portal_people, portal_support, portal_tasks.",
        f"{login} may sign in, takes these roles, and owns nothing.",
        "The roles may read and write the tables, and those of later migrations.",
    ]
    assert problems(urls["DATABASE_URL"]) == ()


@pytest.mark.long
def test_the_owner_is_no_login_for_the_portal(owner_url: str) -> None:
    status, said = run("manage.py", "prepare_roles", DATABASE_OWNER_URL=owner_url)
    assert (status, "needs a login of its own, not the owner's" in said) == (1, True)
    status, said = run("manage.py", "prepare_roles", DATABASE_URL=with_login(owner_url, "x"))
    assert (status, "Set DATABASE_OWNER_URL" in said) == (1, True)


def test_a_table_of_a_later_migration_is_the_portals_to_use(
    database_url: str, owner_url: str
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE come_later (id bigint GENERATED BY DEFAULT AS IDENTITY)")
        try:
            with psycopg.connect(database_url) as portal:
                portal.execute("SET LOCAL ROLE portal_tasks; INSERT INTO come_later DEFAULT VALUES")
        finally:
            owner.execute("DROP TABLE come_later")


def test_the_worker_of_the_tests_runs_as_the_portals_login(database_url: str) -> None:
    assert f"{APPLICATION}@" in database_url or f"{APPLICATION}:" in database_url
