"""Triggers of SQLite, which do there what those of the migrations do on PostgreSQL.

They live between two runs of `migrate`. A migration that changes a table makes it anew on SQLite,
without its triggers; and no table can take the name of another while a trigger speaks of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True, slots=True)
class Trigger:
    """What follows CREATE TRIGGER and the name, and the column that it is there for."""

    text: str
    table: str
    column: str


def keep_triggers(app: AppConfig, triggers: Mapping[str, Trigger]) -> None:
    """Keep these triggers, by name, wherever their columns are. Call when the app is ready."""

    def drop(using: str, **kwargs: Any) -> None:
        _run(using, [f"DROP TRIGGER IF EXISTS {name}" for name in triggers])

    def make(using: str, **kwargs: Any) -> None:
        if connections[using].vendor != "sqlite":
            return
        # Of a migrate that broke off nobody has dropped what was there.
        drop(using)
        there = {name: one for name, one in triggers.items() if _has_column(using, one)}
        _run(using, [f"CREATE TRIGGER {name} {one.text}" for name, one in there.items()])

    pre_migrate.connect(drop, sender=app, weak=False)
    post_migrate.connect(make, sender=app, weak=False)


def uuid_stays(table: str) -> Trigger:
    """Return the trigger that refuses another UUID, for a table whose rows have one."""
    text = (
        f"BEFORE UPDATE OF uuid ON {table} WHEN NEW.uuid IS NOT OLD.uuid"
        " BEGIN SELECT RAISE(ABORT, 'a UUID never changes'); END"
    )
    return Trigger(text, table, "uuid")


def stamped(table: str, *, unless: str = "0") -> Trigger:
    """Return the trigger that writes into a row when it was changed."""
    text = (
        f"AFTER UPDATE ON {table} WHEN NOT ({unless}) BEGIN {_stamp(table, 'NEW.id', 'OLD.')}; END"
    )
    return Trigger(text, table, "updated_at")


def stamped_by(event: str, table: str, *, owner: str, pk: str) -> Trigger:
    """Return the trigger by which a row that comes or goes tells its owner when that was."""
    return Trigger(f"AFTER {event} ON {table} BEGIN {_stamp(owner, pk)}; END", owner, "updated_at")


def _stamp(table: str, pk: str, row: str = "") -> str:
    """The statement: a later moment than that of the row, which a save may have set back."""
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    # SQLite counts thousandths of a second: of two changes in one, the second is a later one too.
    later = f"strftime('%Y-%m-%d %H:%M:%f', {row}updated_at, '+0.001 seconds')"
    return f"UPDATE {table} SET updated_at = max({now}, {later}) WHERE id = {pk}"  # noqa: S608


def _has_column(using: str, trigger: Trigger) -> bool:
    """False between migrations: the column comes with a later one."""
    connection = connections[using]
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, trigger.table)
    return trigger.column in {column.name for column in columns}


def _run(using: str, statements: list[str]) -> None:
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
