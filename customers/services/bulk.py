"""Functions that write many rows at once.

New rows are one INSERT … SELECT unnest(…): a list a column, each written as one text, and a value
alone for what all rows have in common. COPY takes as long for the database and longer for Python,
which has to write down every value, and row-level security refuses it. Rows that are there change
by one UPDATE … FROM unnest(…).

SQLite has no lists: there a statement is prepared once and run for each row, which takes a fifth of
the time that Django's takes, while nobody else can write.

The database gives the primary keys, and nobody else: what is selected in an order is numbered in
that order. RETURNING promises none, so that keys are sorted before they are given to their rows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models import AutoField, Field
from django.db.models.expressions import DatabaseDefault

from .. import progress
from ..lookups import array_of, array_of_texts
from ..said import Said, plain

Row = TypeVar("Row", bound=models.Model)

# Fewer are written by Django: putting them into columns would cost more than it saves.
SET_FROM = 200
CHUNK = 2_000


def by_set(number: int) -> bool:
    """Return whether so many rows are written as a set, and not by Django."""
    return number >= SET_FROM


def insert(model: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
    """Write new rows and give each its primary key. Call inside a transaction."""
    if not rows:
        return rows
    progress.advance(len(rows))
    if not by_set(len(rows)):
        return model._default_manager.bulk_create(rows, batch_size=CHUNK)
    same, each = _in_columns(model, rows)
    given = isinstance(model._meta.pk, AutoField)
    write = _insert_set if connection.vendor == "postgresql" else _insert_each
    keys = write(model, same, [({}, each)], [len(rows)], keyed=given)
    if given:
        for row, key in zip(rows, keys, strict=True):
            row.pk = key
    given_later = [field.attname for field in model._meta.concrete_fields if field.has_db_default()]
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias
        for name in given_later:
            # Read once it is needed: a save would have the database give it anew.
            if isinstance(row.__dict__[name], DatabaseDefault):
                del row.__dict__[name]
    return rows


def insert_alike(
    model: type[models.Model], same: Mapping[str, Any], each: Mapping[str, Sequence[Any]]
) -> None:
    """Write as many rows as the lists of `each` are long, in their order: a column for each list.

    All other columns have the values of `same`, or the model's defaults. Names are attributes
    (user_id, not user). Call inside a transaction.
    """
    insert_groups(model, same, [({}, each)])


def update(rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write these fields of rows that are there, each with its own values, by one statement.

    On SQLite by one that is prepared once.

    Django's bulk_update has a CASE for each row and field, which a database reads slowly. Not for
    primary keys. Call inside a transaction.
    """
    if not rows:
        return
    model = type(rows[0])
    quote, key = connection.ops.quote_name, model._meta.pk
    written: list[Any] = [model._meta.get_field(name) for name in fields]
    columns = [quote(str(field.column)) for field in written]
    values = [
        [_prepared(field, getattr(row, field.attname)) for row in rows] for field in [key, *written]
    ]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(
                f"UPDATE {quote(model._meta.db_table)}"  # noqa: S608
                f" SET {', '.join(f'{column} = %s' for column in columns)}"
                f" WHERE {quote(str(key.column))} = %s",
                list(zip(*values[1:], values[0], strict=True)),
            )
            return
        types = [key.rel_db_type(connection), *(field.db_type(connection) for field in written)]
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS old"  # noqa: S608
            f" SET {', '.join(f'{column} = each.{column}' for column in columns)}"
            f" FROM unnest({arrays}) AS each (this_row, {', '.join(columns)})"
            f" WHERE old.{quote(str(key.column))} = each.this_row",
            values,
        )


def insert_keyed(
    model: type[models.Model], same: Mapping[str, Any], each: Mapping[str, Sequence[Any]]
) -> list[int]:
    """Write rows as insert_alike does; return their primary keys, which ascend in their order."""
    return insert_groups(model, same, [({}, each)], keyed=True)


Group = tuple[Mapping[str, Any], Mapping[str, Sequence[Any]]]


def insert_groups(
    model: type[models.Model],
    same: Mapping[str, Any],
    groups: Sequence[Group],
    *,
    keyed: bool = False,
) -> list[int]:
    """Write rows in groups: (what a group has in common, the lists of the other columns).

    All groups have the same columns, and are one statement. Return the primary keys of the new
    rows, which ascend in their order, if they are `keyed`.
    """
    sizes = [len(next(iter(each.values()))) for _common, each in groups]
    progress.advance(sum(sizes))
    if by_set(sum(sizes)):
        write = _insert_set if connection.vendor == "postgresql" else _insert_each
        return write(model, same, groups, sizes, keyed=keyed)
    rows = [
        model(**same, **common, **dict(zip(each, values, strict=True)))
        for common, each in groups
        for values in zip(*each.values(), strict=True)
    ]
    model._default_manager.bulk_create(rows, batch_size=CHUNK)
    return [row.pk for row in rows] if keyed else []


def _in_columns(
    model: type[Row], rows: Sequence[Row]
) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """Return what all rows have in common, and the lists of the other columns, one at least."""
    same: dict[str, Any] = {}
    each: dict[str, Sequence[Any]] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, AutoField) or _is_databases(field, rows):
            continue
        values = [field.pre_save(row, add=True) for row in rows]
        first = values[0]
        if each and all(value is first or value == first for value in values):
            same[field.attname] = first
        elif isinstance(field, models.JSONField):
            each[field.attname] = values
        else:
            each[field.attname] = [field.get_db_prep_save(value, connection) for value in values]
    return same, each


def _insert_each(
    model: type[models.Model],
    same: Mapping[str, Any],
    groups: Sequence[Group],
    _sizes: list[int],
    *,
    keyed: bool,
) -> list[int]:
    """Insert row by row, by one statement that is prepared once."""
    common, each = groups[0]
    columns, _selected, values = _constants(model, same, {**common, **each})
    columns += [_column(model, name) for name in (*common, *each)]
    rows = [
        (*values, *alike, *own)
        for shared, lists in groups
        for alike in [[_stored(model, name, [shared[name]])[0] for name in common]]
        for own in zip(*(_stored(model, name, lists[name]) for name in each), strict=True)
    ]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        last = 0
        if keyed:
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")  # noqa: S608
            [last] = cursor.fetchone()
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608
            cast("Any", rows),
        )
        if not keyed:
            return []
        # There is one writer: all that came since is ours, numbered in its order.
        new = f"SELECT {key} FROM {table} WHERE {key} > %s ORDER BY {key}"  # noqa: S608
        cursor.execute(new, [last])
        return [pk for (pk,) in cursor.fetchall()]


def _stored(model: type[models.Model], name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Return the values of a column as SQLite keeps them."""
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.JSONField):
        return [None if value is None else _as_json(value, field) for value in values]
    if all(issubclass(kind, str | int | NoneType) for kind in set(map(type, values))):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _insert_set(
    model: type[models.Model],
    same: Mapping[str, Any],
    groups: Sequence[Group],
    sizes: list[int],
    *,
    keyed: bool,
) -> list[int]:
    """Insert all lists as one table, joined to what the groups have in common, if anything."""
    common, each = groups[0]
    columns, selected, values = _constants(model, same, {**common, **each})
    columns += [_column(model, name) for name in (*common, *each)]
    selected += [f"common.{_column(model, name)}" for name in common]
    selected += [f"each.{_column(model, name)}" for name in each]
    values += [
        _listed(model, name, [value for _common, own in groups for value in own[name]])
        for name in each
    ]
    source = _unnested(model, each, "each", "place")
    if common:
        source = _unnested(model, each, "each", "place", ("of_group", "integer"))
        source += f" JOIN {_unnested(model, common, 'common', 'number')} ON number = of_group"
        values.append(array_of(n for n, size in enumerate(sizes, 1) for _row in range(size)))
        for name in common:
            field: Any = model._meta.get_field(name)
            values.append([_prepared(field, own[name]) for own, _ in groups])
    quote = connection.ops.quote_name
    query = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
        f" SELECT {', '.join(selected)} FROM {source} ORDER BY place"
    )
    if keyed:
        query += f" RETURNING {quote(str(model._meta.pk.column))}"
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return sorted(key for (key,) in cursor.fetchall()) if keyed else []


def _constants(
    model: type[models.Model], same: Mapping[str, Any], varying: Mapping[str, Any]
) -> tuple[list[str], list[str], list[Any]]:
    """Return columns, expressions and values of all but the varying columns and a given key."""
    example = model(**same)
    fields: list[Field[Any, Any]] = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in varying
        and not isinstance(field, AutoField)
        and not _is_databases(field, [example])
    ]
    quote = connection.ops.quote_name
    return (
        [quote(str(field.column)) for field in fields],
        [f"%s::{field.db_type(connection)}" for field in fields],
        [field.get_db_prep_save(field.pre_save(example, add=True), connection) for field in fields],
    )


def _is_databases(field: "Field[Any, Any]", rows: Iterable[models.Model]) -> bool:
    """Return whether the database is to give the value: to all rows, each its own, or to none."""
    if not field.has_db_default():
        return False
    left = {isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows}
    if len(left) > 1:
        raise ValueError(f"{field.name} was given to some of the rows, and not to all")
    return left == {True}


def _unnested(
    model: type[models.Model], lists: Iterable[str], name: str, place: str, *more: tuple[str, str]
) -> str:
    """Return SQL of lists as a table; `more` are columns, with types, that the model lacks."""
    fields: list[Any] = [model._meta.get_field(column) for column in lists]
    types = [str(field.db_type(connection)) for field in fields]
    columns = [_column(model, column) for column in lists]
    for column, kind in more:
        columns.append(column)
        types.append(kind)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    return f"unnest({arrays}) WITH ORDINALITY AS {name} ({', '.join(columns)}, {place})"


def _listed(model: type[models.Model], name: str, values: Sequence[Any]) -> Any:
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.JSONField):
        # As text, which the array's type makes JSON of: an adapter for each costs more.
        if None in values:
            return [None if value is None else _as_json(value, field) for value in values]
        return array_of_texts([_as_json(value, field) for value in values])
    kinds = set(map(type, values))
    if all(issubclass(kind, str) for kind in kinds):
        return array_of_texts(values)
    if all(issubclass(kind, int | NoneType) for kind in kinds):
        return array_of(values)
    return list(values)


def _prepared(field: Any, value: Any) -> Any:
    """Return a value as the driver takes it, which wants all of a list to be of one type."""
    return field.get_db_prep_save(plain(value) if isinstance(value, Said) else value, connection)


def _as_json(value: Any, field: "models.JSONField[Any, Any]") -> str:
    # Most have nothing to say, and saying so takes as long as a sentence.
    if not value and type(value) in _EMPTY:
        return _EMPTY[type(value)]
    return json.dumps(value, cls=field.encoder)


_EMPTY: Mapping[type, str] = {list: "[]", dict: "{}"}


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return connection.ops.quote_name(str(field.column))
