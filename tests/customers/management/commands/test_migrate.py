"""`migrate` warns of a slow search where Django's own check came too early to see it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

pytestmark = pytest.mark.django_db

SLOW = "A search for names reads all of a customer's users instead of an index"


def said() -> str:
    """What goes to the terminal as a warning; it plans, and migrates nothing."""
    output = StringIO()
    call_command("migrate", plan=True, verbosity=0, stdout=StringIO(), stderr=output)
    return output.getvalue()


def make_slow(*args: Any, **options: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")


def test_a_database_that_searches_by_its_index_is_not_warned_of() -> None:
    assert said() == ""


@pytest.mark.postgres
def test_what_shows_after_the_first_migrate_is_said_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate.Command, "handle", make_slow)
    assert said().count(SLOW) == 1


@pytest.mark.postgres
def test_what_was_known_before_is_left_to_djangos_own_check() -> None:
    make_slow()
    assert said() == ""
