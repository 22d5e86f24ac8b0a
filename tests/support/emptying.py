"""Emptying the tables after a test that committed, in a twentieth of the time of Django's flush.

That one makes every file of every table anew and then every permission and group again, under new
ids. Small tables are emptied quicker row by row, and what `migrate` fills stays as it is: a test
finds the same rows under the same ids, whatever ran before it.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

# Filled by `migrate` and its signals; what is referred to comes first.
KEPT: list[type[Model]] = [
    ContentType,
    Permission,
    Group,
    Group.permissions.through,
    MigrationRecorder.Migration,
]
# Deleted rows stay in the file: one that has grown is made anew.
SMALL = 2**20

Rows = list[tuple[Any, ...]]

_filled: list[Rows] = []


def remember_what_migrate_fills() -> None:
    with connection.cursor() as cursor:
        _filled[:] = [_rows(cursor, model) for model in KEPT]


def empty(_test: object = None) -> None:
    tables = _tables()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            _delete(cursor, tables)
        elif _are_quickly_emptied(cursor, tables):
            # No trigger, and no check of what refers to what, asks about rows that all go.
            cursor.execute("SET LOCAL session_replication_role = replica")
            _delete(cursor, tables)
        else:
            names = ", ".join(map(connection.ops.quote_name, tables))
            cursor.execute(f"TRUNCATE {names}")
        _restore_what_migrate_fills(cursor)


def _restore_what_migrate_fills(cursor: CursorWrapper) -> None:
    """A test that added a group, or took one, leaves none of it to the next."""
    if _filled == [_rows(cursor, model) for model in KEPT]:
        return
    for model in reversed(KEPT):
        cursor.execute(f"DELETE FROM {_quoted(model)}")
    for model, rows in zip(KEPT, _filled, strict=True):
        for row in rows:
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(f"INSERT INTO {_quoted(model)} VALUES ({marks})", row)
    ContentType.objects.clear_cache()


def _rows(cursor: CursorWrapper, model: type[Model]) -> Rows:
    cursor.execute(f"SELECT * FROM {_quoted(model)} ORDER BY id")
    rows: Rows = cursor.fetchall()
    return rows


def _quoted(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _tables() -> list[str]:
    kept = {model._meta.db_table for model in KEPT}
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - kept)


def _are_quickly_emptied(cursor: CursorWrapper, tables: list[str]) -> bool:
    """Small ones are, and by a superuser alone."""
    cursor.execute(
        "SELECT coalesce(max(pg_relation_size(oid)), 0), current_setting('is_superuser')"
        " FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
        [tables],
    )
    size, is_superuser = cursor.fetchone()
    return bool(size < SMALL and is_superuser == "on")


def _delete(cursor: CursorWrapper, tables: list[str]) -> None:
    statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
    if connection.vendor == "postgresql":
        # They go at once.
        statements = ["; ".join(statements)]
    for statement in statements:
        cursor.execute(statement)
