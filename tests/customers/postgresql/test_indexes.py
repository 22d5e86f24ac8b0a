"""An index is made beside those who write, and again where an attempt broke off."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from customers.postgresql.indexes import AddIndexWithoutLock

NAME = "customers_by_name_twice"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def states() -> Iterator[list[ProjectState]]:
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation().state_forwards("customers", after)
    yield [before, after]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {NAME}")


def operation() -> AddIndexWithoutLock:
    return AddIndexWithoutLock("customer", models.Index("name", "id", name=NAME))


def run(states: list[ProjectState]) -> list[str]:
    with (
        CaptureQueriesContext(connection) as asked,
        connection.schema_editor(atomic=False) as editor,
    ):
        operation().database_forwards("customers", editor, *states)
    return [query["sql"] for query in asked]


def columns() -> list[str] | None:
    """Of the index, in order; None where it is not there."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "customers_customer").get(NAME)
    return found and found["columns"]


def test_it_is_there_afterwards(states: list[ProjectState]) -> None:
    run(states)
    assert columns() == ["name", "id"]


@pytest.mark.postgres
def test_nobody_who_writes_waits_for_it(states: list[ProjectState]) -> None:
    [made] = [sql for sql in run(states) if sql.startswith("CREATE INDEX")]
    assert made.startswith("CREATE INDEX CONCURRENTLY")


@pytest.mark.postgres
def test_what_an_attempt_left_unfinished_is_made_anew(states: list[ProjectState]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {NAME} ON customers_customer (country)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME]
        )
    run(states)
    assert columns() == ["name", "id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [NAME])
        assert cursor.fetchone() == (True,)
