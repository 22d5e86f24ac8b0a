"""Triggers of SQLite, which do there what those of the migrations do on PostgreSQL.

They live between two runs of `migrate`. A migration that changes a table makes it anew on SQLite,
without its triggers; and no table can take the name of another while a trigger speaks of that.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def keep_triggers(app: AppConfig, triggers: Mapping[str, str]) -> None:
    """Keep triggers, by name what follows it in CREATE TRIGGER. Call when the app is ready."""

    def drop(using: str, **kwargs: Any) -> None:
        _run(using, [f"DROP TRIGGER IF EXISTS {name}" for name in triggers])

    def make(using: str, **kwargs: Any) -> None:
        _run(using, [f"CREATE TRIGGER {name} {text}" for name, text in triggers.items()])

    pre_migrate.connect(drop, sender=app, weak=False)
    # First what was there: of a migrate that broke off nobody has dropped it.
    post_migrate.connect(drop, sender=app, weak=False)
    post_migrate.connect(make, sender=app, weak=False)


def uuid_stays(table: str) -> str:
    """Return the trigger that refuses another UUID, for a table whose rows have one."""
    return (
        f"BEFORE UPDATE OF uuid ON {table} WHEN NEW.uuid IS NOT OLD.uuid"
        " BEGIN SELECT RAISE(ABORT, 'a UUID never changes'); END"
    )


def stamped(table: str, unless: str = "0") -> str:
    """Return the trigger by which each change of a row writes when it was."""
    return f"AFTER UPDATE ON {table} WHEN NOT ({unless}) BEGIN {stamp(table, 'NEW.id')}; END"


def stamp(table: str, pk: str) -> str:
    """Return a trigger's statement that writes a later moment than the one there."""
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    # SQLite counts thousandths of a second: of two changes in one, the second is a later one too.
    later = "strftime('%Y-%m-%d %H:%M:%f', updated_at, '+0.001 seconds')"
    return f"UPDATE {table} SET updated_at = max({now}, {later}) WHERE id = {pk}"  # noqa: S608


def _run(using: str, statements: list[str]) -> None:
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
