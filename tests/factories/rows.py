"""Writing new rows: thousands of tests begin with a dozen of them, of forty columns each."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=models.Model)
Fields = tuple[Any, ...]


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write rows of one model as bulk_create does, on PostgreSQL in a third of its time.

    All of them are one parameter there, and the statement is the same for any number.
    """
    made = list(rows)
    if not made or connection.vendor != "postgresql":
        return type(made[0])._default_manager.bulk_create(made) if made else []
    given, left = _divided(made[0])
    texts = [
        {field.column: field.get_prep_value(field.pre_save(row, add=True)) for field in given}
        for row in made
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(made[0]), given, left), [json.dumps(texts, default=str)])
        for row, values in zip(made, cursor.fetchall(), strict=True):
            for field, value in zip(left, values, strict=True):
                setattr(row, field.attname, value)
            row._state.adding, row._state.db = False, connection.alias
    return made


def _divided(row: models.Model) -> tuple[Fields, Fields]:
    """The fields that have their value, and those that the database gives one, the key first."""
    given: list[Any] = []
    left: list[Any] = []
    for field in row._meta.concrete_fields:
        is_left = field.primary_key or isinstance(row.__dict__[field.attname], DatabaseDefault)
        (left if is_left else given).append(field)
    return tuple(given), tuple(left)


@cache
def _statement(model: type[models.Model], given: Fields, left: Fields) -> str:
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in given)
    return (
        f"INSERT INTO {table} ({columns})"
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
        f" RETURNING {', '.join(quote(field.column) for field in left)}"
    )
