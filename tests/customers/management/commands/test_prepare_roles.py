"""`prepare_roles` says what to set before it signs in anywhere, and leaves no half of it."""

from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from customers.postgresql.roles import EVERY_ROLE
from tests.settings import ENVIRONMENT
from tests.support.postgres import with_database

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def owner_url() -> str:
    return with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])


@pytest.fixture
def new_role(settings: Settings, owner_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a login that is not there, as DATABASE_URL would have it."""
    name = f"{connection.settings_dict['NAME']}_newcomer"
    settings.DATABASE_OWNER_URL = owner_url
    monkeypatch.setitem(settings.DATABASES["default"], "USER", name)
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "of-tests-alone")
    return name


def is_there(owner_url: str, name: str) -> bool:
    with psycopg.connect(owner_url) as server:
        found = server.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [name])
        return found.fetchone() == (1,)


def test_without_the_owners_address_it_says_what_to_set(settings: Settings) -> None:
    settings.DATABASE_OWNER_URL = ""
    with pytest.raises(CommandError, match="Set DATABASE_OWNER_URL to the address"):
        call_command("prepare_roles")


def test_another_database_than_postgresql_has_no_roles(
    new_role: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    with pytest.raises(CommandError, match="DATABASE_URL names no PostgreSQL"):
        call_command("prepare_roles")


def test_a_dry_run_says_all_of_it_and_takes_it_back(new_role: str, owner_url: str) -> None:
    output = StringIO()
    call_command("prepare_roles", dry_run=True, stdout=output)
    assert output.getvalue().splitlines()[:4] == [
        "Nothing was changed. Without --dry-run this is what there will be:",
        f"Roles of the policies: {EVERY_ROLE}.",
        f"{new_role} may sign in, takes these roles, and owns nothing.",
        "The roles may read and write the tables, and those of later migrations.",
    ]
    assert not is_there(owner_url, new_role)


def test_the_owner_is_no_login_for_the_portal(
    new_role: str, owner_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(owner_url) as server:
        monkeypatch.setitem(settings.DATABASES["default"], "USER", server.info.user)
    with pytest.raises(CommandError, match="needs a login of its own, not the owner's"):
        call_command("prepare_roles")


def test_a_server_that_is_away_is_told_in_its_own_words(settings: Settings, new_role: str) -> None:
    settings.DATABASE_OWNER_URL = "postgresql://postgres@/postgres?host=/nowhere"
    with pytest.raises(CommandError, match=r"(?i)connection"):
        call_command("prepare_roles")
