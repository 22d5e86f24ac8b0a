"""The triggers that a database has."""

from django.db import connection


def triggers() -> set[tuple[str, str]]:
    """Return each trigger of ours with its table, on either database."""
    of_sqlite = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    of_postgresql = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(of_sqlite if connection.vendor == "sqlite" else of_postgresql)
        return set(cursor.fetchall())
