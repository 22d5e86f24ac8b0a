"""Emptying the tables after a test that committed, in a twentieth of the time of Django's flush.

That one makes every file of every table anew and then every permission and group again. Small
tables are emptied quicker row by row, and what `migrate` fills stays as it is.
"""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

# Filled by `migrate` and its signals.
KEPT: list[type[Model]] = [
    ContentType,
    Permission,
    Group,
    Group.permissions.through,
    MigrationRecorder.Migration,
]
# Deleted rows stay in the file: one that has grown is made anew.
SMALL = 2**20

_filled: list[int] = []


def remember_what_migrate_fills() -> None:
    _filled[:] = _counts()


def empty(_test: object = None) -> None:
    tables = _tables()
    if _filled == _counts() and _are_quickly_emptied(tables):
        with transaction.atomic(), connection.cursor() as cursor:
            _delete(cursor, tables)
        return
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def _counts() -> list[int]:
    return [model._default_manager.count() for model in KEPT]


def _tables() -> list[str]:
    kept = {model._meta.db_table for model in KEPT}
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - kept)


def _are_quickly_emptied(tables: list[str]) -> bool:
    """On PostgreSQL small ones are, and by a superuser alone."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
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
        # No trigger, and no check of what refers to what, asks about rows that all go; and they go
        # at once.
        statements = ["; ".join(["SET LOCAL session_replication_role = replica", *statements])]
    for statement in statements:
        cursor.execute(statement)
