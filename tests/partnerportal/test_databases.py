"""Which database the environment names, and how the portal opens it."""

from pathlib import Path

import pytest

from partnerportal.checked import Checked
from partnerportal.databases import databases

POSTGRES = "postgresql://portal@localhost/portal"


def test_without_an_address_it_is_a_file_of_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    default = databases(Checked())["default"]
    assert default["NAME"] == tmp_path.resolve() / "portal.sqlite3"
    assert default["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_is_opened_by_the_engine_that_tells_its_scope(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    monkeypatch.delenv("DATABASE_REPLICA_URL", raising=False)
    found = databases(Checked())
    assert found.keys() == {"default"}
    assert found["default"]["ENGINE"] == "customers.postgresql"
    assert found["default"]["DISABLE_SERVER_SIDE_CURSORS"]


def test_a_replica_is_opened_as_the_database_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgresql://portal@replica/portal")
    replica = databases(Checked())["replica"]
    assert (replica["ENGINE"], replica["HOST"]) == ("customers.postgresql", "replica")
    assert replica["OPTIONS"]["connect_timeout"] == 2
