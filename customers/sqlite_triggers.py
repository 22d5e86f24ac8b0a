"""Triggers of SQLite, which do there what those of the migrations do on PostgreSQL.

They live between two runs of `migrate`. A migration that changes a table makes it anew on SQLite,
without its triggers; and no table can take the name of another while a trigger speaks of that.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger: what follows CREATE TRIGGER and its name, and the column that it is there for.

    What writes none but `unseen` columns is no update to it.
    """

    text: str
    table: str
    column: str
    unseen: Collection[str] = ()

    def of(self, columns: Iterable[str]) -> str:
        """Return the text for a table that has these columns."""
        if not self.unseen:
            return self.text
        seen = ", ".join(f'"{name}"' for name in columns if name not in self.unseen)
        return self.text.replace("AFTER UPDATE ON", f"AFTER UPDATE OF {seen} ON", 1)


def keep_triggers(app: AppConfig, triggers: Mapping[str, Trigger]) -> None:
    """Keep these triggers, by name, wherever their columns are. Call when the app is ready."""

    def drop(using: str, **kwargs: Any) -> None:
        connection = connections[using]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for name in triggers:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")

    def make(using: str, **kwargs: Any) -> None:
        connection = connections[using]
        if connection.vendor != "sqlite":
            return
        # A migrate that broke off has dropped nothing of what was there.
        drop(using)
        with connection.cursor() as cursor:
            for name, one in triggers.items():
                found = connection.introspection.get_table_description(cursor, one.table)
                columns = [column.name for column in found]
                # Between migrations the column may be still to come.
                if one.column in columns:
                    cursor.execute(f"CREATE TRIGGER {name} {one.of(columns)}")

    pre_migrate.connect(drop, sender=app, weak=False)
    post_migrate.connect(make, sender=app, weak=False)


def uuid_stays(table: str) -> Trigger:
    """Return the trigger that refuses another UUID, for a table whose rows have one."""
    text = (
        f"BEFORE UPDATE OF uuid ON {table} WHEN NEW.uuid IS NOT OLD.uuid"
        " BEGIN SELECT RAISE(ABORT, 'a UUID never changes'); END"
    )
    return Trigger(text, table, "uuid")


def stamped(table: str, *, unless: str = "0", unseen: Collection[str] = ()) -> Trigger:
    """Return the trigger that writes into a row when it was changed, in more than `unseen`."""
    text = (
        f"AFTER UPDATE ON {table} WHEN NOT ({unless}) BEGIN {_stamp(table, 'NEW.id', 'OLD.')}; END"
    )
    return Trigger(text, table, "updated_at", unseen)


def stamped_by(event: str, table: str, *, owner: str, pk: str) -> Trigger:
    """Return the trigger by which a row that comes or goes tells its owner when that was."""
    return Trigger(f"AFTER {event} ON {table} BEGIN {_stamp(owner, pk)}; END", owner, "updated_at")


def _stamp(table: str, pk: str, row: str = "") -> str:
    """Return the statement that writes a later moment than the row has, even one set back."""
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    # SQLite counts thousandths of a second: of two changes in one, the second is a later one too.
    later = f"strftime('%Y-%m-%d %H:%M:%f', {row}updated_at, '+0.001 seconds')"
    return f"UPDATE {table} SET updated_at = max({now}, {later}) WHERE id = {pk}"  # noqa: S608
