"""While something is away the page says so and when to come back; a mistake of ours says that."""

import errno
from pathlib import Path

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, connections
from django.test import Client

from partnerportal.serving.outages import passes
from tests.support.cast import Cast


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_page_says_to_come_back(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.alice)
    connection.close()
    there = {name: connection.settings_dict[name] for name in ("HOST", "OPTIONS")}
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    response = client.get("/customers/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "What you just sent was not saved" in response.content.decode()
    connection.settings_dict.update(there)
    connections.close_all()
    assert client.get("/customers/").status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement, outage",
    [
        ("SELECT nothing", False),
        ("SELECT 1 / 0", False),
        ("DO $$BEGIN RAISE SQLSTATE '57P01'; END$$", True),
        ("DO $$BEGIN RAISE SQLSTATE '53100'; END$$", True),
        ("DO $$BEGIN RAISE SQLSTATE '25006'; END$$", True),
    ],
)
def test_what_the_server_says_tells_an_outage_from_a_mistake(
    statement: str,
    outage: bool,  # noqa: FBT001
) -> None:
    kinds = (OperationalError, ProgrammingError, DataError, Exception)
    with pytest.raises(kinds) as caught, connection.cursor() as cursor:
        cursor.execute(statement)
    assert passes(caught.value) is outage


def test_a_full_disk_passes_and_a_missing_file_does_not() -> None:
    assert passes(OSError(errno.ENOSPC, "No space left on device"))
    assert passes(ConnectionError("The bucket does not answer"))
    assert not passes(FileNotFoundError("uploads/gone.csv"))
    assert not passes(ValueError("a mistake"))
    assert not passes(None)
