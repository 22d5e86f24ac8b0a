"""The triggers of SQLite, on a database of their own: they hold there as PostgreSQL's do."""

import sqlite3
from collections.abc import Iterator

import pytest

from customers.sqlite_triggers import stamped, uuid_stays

LONG_AGO = "2026-01-01 00:00:00.000"


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE things (id integer PRIMARY KEY, uuid text, name text, updated_at text)"
    )
    connection.execute("INSERT INTO things VALUES (1, 'aa', 'one', ?)", [LONG_AGO])
    connection.execute("INSERT INTO things VALUES (2, NULL, 'two', ?)", [LONG_AGO])
    yield connection
    connection.close()


def moment(database: sqlite3.Connection, pk: int = 1) -> str:
    [found] = database.execute("SELECT updated_at FROM things WHERE id = ?", [pk]).fetchone()
    return str(found)


@pytest.mark.parametrize("value", ["'bb'", "NULL"])
def test_a_uuid_is_never_another_one(database: sqlite3.Connection, value: str) -> None:
    database.execute(f"CREATE TRIGGER stays {uuid_stays('things').text}")
    with pytest.raises(sqlite3.IntegrityError, match="a UUID never changes"):
        database.execute(f"UPDATE things SET uuid = {value} WHERE id = 1")
    assert database.execute("SELECT uuid FROM things").fetchall() == [("aa",), (None,)]


def test_a_uuid_that_stays_the_same_may_be_written(database: sqlite3.Connection) -> None:
    database.execute(f"CREATE TRIGGER stays {uuid_stays('things').text}")
    database.execute("UPDATE things SET uuid = uuid, name = 'other'")
    assert database.execute("SELECT name FROM things WHERE id = 1").fetchone() == ("other",)


def test_every_change_is_stamped_later_than_the_last(database: sqlite3.Connection) -> None:
    database.execute(f"CREATE TRIGGER stamped {stamped('things').text}")
    moments = [moment(database)]
    for number in range(5):
        database.execute("UPDATE things SET name = ? WHERE id = 1", [str(number)])
        moments.append(moment(database))
    assert moments == sorted(set(moments))
    assert moments[0] == LONG_AGO
    assert moment(database, 2) == LONG_AGO, "another row keeps its own"


def test_a_change_that_is_none_for_readers_is_not_stamped(database: sqlite3.Connection) -> None:
    same = stamped("things", unless="NEW.name IS OLD.name").text
    database.execute(f"CREATE TRIGGER stamped {same}")
    database.execute("UPDATE things SET name = name")
    assert moment(database) == LONG_AGO
    database.execute("UPDATE things SET name = 'other' WHERE id = 1")
    assert moment(database) > LONG_AGO


def test_what_writes_unseen_columns_alone_is_not_stamped(database: sqlite3.Connection) -> None:
    columns = ["id", "uuid", "name", "updated_at"]
    database.execute(f"CREATE TRIGGER stamped {stamped('things', unseen=['uuid']).of(columns)}")
    database.execute("UPDATE things SET uuid = 'bb'")
    assert moment(database) == LONG_AGO
    database.execute("UPDATE things SET uuid = 'cc', name = 'other' WHERE id = 1")
    assert moment(database) > LONG_AGO


def test_a_moment_that_lies_ahead_still_moves_on(database: sqlite3.Connection) -> None:
    database.execute("UPDATE things SET updated_at = '2999-01-01 00:00:00.500' WHERE id = 1")
    database.execute(f"CREATE TRIGGER stamped {stamped('things').text}")
    database.execute("UPDATE things SET name = 'other' WHERE id = 1")
    assert moment(database) == "2999-01-01 00:00:00.501"


def test_a_save_that_sets_the_moment_back_is_stamped_later_all_the_same(
    database: sqlite3.Connection,
) -> None:
    database.execute("UPDATE things SET updated_at = '2999-01-01 00:00:00.500' WHERE id = 1")
    database.execute(f"CREATE TRIGGER stamped {stamped('things').text}")
    database.execute("UPDATE things SET updated_at = ?, name = 'other' WHERE id = 1", [LONG_AGO])
    assert moment(database) == "2999-01-01 00:00:00.501"
