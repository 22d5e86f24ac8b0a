"""Files are read from a replica that is up to date, and from the database itself otherwise."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker
from structlog.testing import capture_logs

from customers import replica
from customers.replica import REPLICA, reading_database

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Only read here, and without a transaction, which would bar every other address.

    No test before has found the replica away.
    """
    monkeypatch.setattr(replica, "_away_until", 0.0)
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def second(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second address of the same server, which is therefore never behind."""
    settings = deepcopy(connection.settings_dict)
    monkeypatch.setitem(connections.settings, REPLICA, settings)
    yield
    for made in connections.all(initialized_only=True):
        if made.alias == REPLICA:
            made.close()
            del connections[REPLICA]


def test_without_a_replica_it_is_the_database_itself() -> None:
    with capture_logs() as logs:
        assert reading_database() == "default"
    assert logs == []


def test_a_replica_that_is_up_to_date_is_read(second: None) -> None:
    assert reading_database() == REPLICA
    assert reading_database() == REPLICA


def test_one_that_does_not_answer_is_left_alone_for_a_while(second: None) -> None:
    connections.settings[REPLICA]["HOST"] = "/nowhere"
    with capture_logs() as logs:
        assert reading_database() == "default"
    assert [(log["event"], log["reason"]) for log in logs] == [("replica_left_alone", "away")]
    connections.settings[REPLICA]["HOST"] = connection.settings_dict["HOST"]
    with capture_logs() as logs:
        assert reading_database() == "default", "nobody asks it again so soon"
    assert logs == []


def test_after_the_pause_it_is_asked_again(second: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "PAUSE", 0)
    connections.settings[REPLICA]["HOST"] = "/nowhere"
    assert reading_database() == "default"
    del connections[REPLICA]
    connections.settings[REPLICA]["HOST"] = connection.settings_dict["HOST"]
    assert reading_database() == REPLICA
