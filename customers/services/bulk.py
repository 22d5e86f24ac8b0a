"""Writing many rows at once.

Rows that differ in a column or two are one INSERT … SELECT unnest(…). All others go by COPY into a
temporary table, then one INSERT … SELECT: as fast as COPY itself, and the only way once row-level
security refuses COPY FROM. Rows that are there change by one UPDATE … FROM unnest(…).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import AutoField, Field

from .. import progress

Row = TypeVar("Row", bound=models.Model)

# Below this a temporary table costs more than it saves.
COPY_FROM = 200
CHUNK = 2_000


def by_set(number: int) -> bool:
    """Whether so many rows are written as a set, or by Django."""
    return connection.vendor == "postgresql" and number >= COPY_FROM


def insert(model: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
    """Write new rows and give each its primary key. Call inside a transaction."""
    if not rows:
        return rows
    if not by_set(len(rows)):
        progress.advance(len(rows))
        return model._default_manager.bulk_create(rows, batch_size=CHUNK)
    if isinstance(model._meta.pk, AutoField):
        for row, key in zip(rows, draw_keys(model, len(rows)), strict=True):
            row.pk = key
    _copy(model, rows)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias
    return rows


def insert_alike(
    model: type[models.Model], same: Mapping[str, Any], each: Mapping[str, Sequence[Any]]
) -> None:
    """Write as many rows as the lists of `each` are long, in their order: a column for each list.

    All other columns have the values of `same`, or the model's defaults. Names are attributes
    (user_id, not user). Call inside a transaction.
    """
    number = len(next(iter(each.values())))
    progress.advance(number)
    if by_set(number):
        _insert_unnested(model, same, each)
        return
    columns = zip(*each.values(), strict=True)
    rows = [model(**same, **dict(zip(each, values, strict=True))) for values in columns]
    model._default_manager.bulk_create(rows, batch_size=CHUNK)


def update(rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write these fields of rows that are there, each with its own values, by one statement.

    As bulk_update does, whose CASE for each row and field a database reads slowly. Not for
    primary keys. Call inside a transaction.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_update(rows, fields, batch_size=CHUNK)
        return
    quote, key = connection.ops.quote_name, model._meta.pk
    written: list[Any] = [model._meta.get_field(name) for name in fields]
    columns = [quote(str(field.column)) for field in written]
    types = [key.rel_db_type(connection), *(field.db_type(connection) for field in written)]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in [key, *written]
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS old"  # noqa: S608
            f" SET {', '.join(f'{column} = each.{column}' for column in columns)}"
            f" FROM unnest({arrays}) AS each (this_row, {', '.join(columns)})"
            f" WHERE old.{quote(str(key.column))} = each.this_row",
            values,
        )


def draw_keys(model: type[models.Model], number: int) -> list[int]:
    """Primary keys for rows to come, on PostgreSQL: INSERT … SELECT returns them in no order."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(pg_get_serial_sequence(%s, %s))) FROM generate_series(1, %s)",
            [table, column, number],
        )
        keys: list[int] = cursor.fetchone()[0]
    return keys


def _insert_unnested(
    model: type[models.Model], same: Mapping[str, Any], each: Mapping[str, Sequence[Any]]
) -> None:
    quote, example = connection.ops.quote_name, model(**same)
    columns, selected, values = [], [], []
    for field in model._meta.concrete_fields:
        if field.attname in each:
            selected.append(f"each.{quote(str(field.column))}")
        elif isinstance(field, AutoField):
            continue
        else:
            selected.append(f"%s::{field.db_type(connection)}")
            values.append(field.get_db_prep_save(field.pre_save(example, add=True), connection))
        columns.append(quote(str(field.column)))
    varying: list[Any] = [model._meta.get_field(name) for name in each]
    lists = [_prepared(field, each[field.attname]) for field in varying]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in varying)
    names = ", ".join(quote(str(field.column)) for field in varying)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
            f" OVERRIDING SYSTEM VALUE SELECT {', '.join(selected)}"
            f" FROM unnest({arrays}) WITH ORDINALITY AS each ({names}, place) ORDER BY place",
            [*values, *lists],
        )


def _prepared(field: "Field[Any, Any]", values: Sequence[Any]) -> list[Any]:
    if isinstance(field, models.JSONField):
        # As text, which the array's type makes JSON of: an adapter for each costs more.
        return [json.dumps(value, cls=field.encoder) for value in values]
    return list(values)


def _copy(model: type[Row], rows: Sequence[Row]) -> None:
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table, staging = quote(model._meta.db_table), quote(f"staging_{model._meta.db_table}")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {staging} (LIKE {table}) ON COMMIT DROP")
        with cursor.copy(f"COPY {staging} ({columns}) FROM STDIN") as copy:
            for number, row in enumerate(rows, 1):
                if number % CHUNK == 0:
                    progress.advance(CHUNK)
                copy.write_row(
                    [
                        field.get_db_prep_save(field.pre_save(row, add=True), connection)
                        for field in fields
                    ]
                )
        cursor.execute(
            f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"  # noqa: S608
            f" SELECT {columns} FROM {staging}"
        )
        cursor.execute(f"DROP TABLE {staging}")
