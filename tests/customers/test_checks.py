"""What `check --database default` says of a database that searches names slowly."""

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from customers.checks import SLOW_SEARCH, names_are_searched_by_index

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize("function", ["textlike(text, text)", "lower(text)"])
def test_a_search_by_another_function_than_a_leakproof_one_is_warned_of(
    db: None, function: str
) -> None:
    def warnings() -> list[str | None]:
        return [message.id for message in run_checks(tags=[Tags.database], databases=["default"])]

    assert warnings() == []
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER FUNCTION pg_catalog.{function} NOT LEAKPROOF")
    assert warnings() == ["customers.W001"]


def test_a_database_that_names_are_not_searched_in_is_not_asked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
    assert names_are_searched_by_index() == []
    assert names_are_searched_by_index([]) == []
    assert names_are_searched_by_index(["replica"]) == []
    [warning] = names_are_searched_by_index(["default", "replica"])
    assert warning.id == SLOW_SEARCH
    assert "ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF" in warning.msg
    assert "ALTER FUNCTION pg_catalog.lower(text) LEAKPROOF" in warning.msg


def test_before_the_first_migrate_there_is_nothing_to_warn_of() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
        cursor.execute("SET LOCAL search_path TO pg_temp")
    assert names_are_searched_by_index(["default"]) == []
