"""Writing new rows: thousands of tests begin with a dozen of them, of forty columns each."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=models.Model)
Fields = tuple[Any, ...]


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write rows of one model as bulk_create does, in a third of its time."""
    made = list(rows)
    if not made:
        return made
    given, left = _divided(made[0])
    write = _at_once if connection.vendor == "postgresql" else _one_by_one
    for row, values in zip(made, write(made, given, left), strict=True):
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


def _at_once(rows: Sequence[Row], given: Fields, left: Fields) -> list[Any]:
    """All are one parameter, and the statement is the same for any number."""
    texts = [
        {field.column: field.get_prep_value(field.pre_save(row, add=True)) for field in given}
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(rows[0]), given, left), [json.dumps(texts, default=str)])
        found: list[Any] = cursor.fetchall()
        return found


def _one_by_one(rows: Sequence[Row], given: Fields, left: Fields) -> list[Any]:
    """SQLite prepares the statement once, and is in this process."""
    statement, converters = _statement(type(rows[0]), given, left), _converters(left)
    found = []
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                statement,
                [
                    field.get_db_prep_save(field.pre_save(row, add=True), connection)
                    for field in given
                ],
            )
            values = cursor.fetchone()
            for at, column, convert in converters:
                values = (*values[:at], convert(values[at], column, connection), *values[at + 1 :])
            found.append(values)
    return found


@cache
def _statement(model: type[models.Model], given: Fields, left: Fields) -> str:
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in given)
    rows = f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    if connection.vendor != "postgresql":
        rows = f"VALUES ({', '.join(['%s'] * len(given))})"
    returned = ", ".join(quote(field.column) for field in left)
    return f"INSERT INTO {table} ({columns}) {rows} RETURNING {returned}"


@cache
def _converters(fields: Fields) -> list[tuple[int, Any, Any]]:
    """What makes values of what the database returns: the place, the column and the function."""
    columns = [field.get_col(field.model._meta.db_table) for field in fields]
    return [
        (at, column, convert)
        for at, column in enumerate(columns)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    ]
