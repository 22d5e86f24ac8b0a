"""`migrate` warns of a slow search where Django's own check came too early to see it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db

SLOW = "A search for names reads all of a customer's people instead of an index"


def said() -> str:
    output = StringIO()
    # It plans, and migrates nothing.
    call_command("migrate", plan=True, verbosity=0, stdout=StringIO(), stderr=output)
    return output.getvalue()


def test_a_database_that_searches_by_its_index_is_not_warned_of() -> None:
    assert said() == ""


@pytest.mark.postgres
def test_what_was_known_before_is_not_said_twice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
    # Django's checks, which run first, say it.
    assert said().count(SLOW) <= 1
