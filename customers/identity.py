"""UUIDs and moments of change, which the database gives to every row.

So that whatever writes rows, in bulk or one by one, need not think of it. A UUID says nothing of
its row and never changes; triggers refuse another, on PostgreSQL those of the migrations, on SQLite
those of `sqlite_triggers.py`.
"""

from typing import Any

from django.db import models
from django.db.models.functions import Now

# Version 4, as SQLite is told to write it: Django keeps 32 digits there, without hyphens.
SQLITE_UUID = (
    "lower(hex(randomblob(6))) || '4' || substr(lower(hex(randomblob(2))), 2)"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(8))), 2)"
)


class RandomUUID(models.Func):
    """A UUID of version 4: random, but for the six bits that say so."""

    function = "GEN_RANDOM_UUID"
    template = "%(function)s()"
    arity = 0
    output_field = models.UUIDField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=SQLITE_UUID, **extra)


class TransactionTime(Now):
    """The moment when the transaction began, for new rows, which nobody else can have changed."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="CURRENT_TIMESTAMP", **extra)
