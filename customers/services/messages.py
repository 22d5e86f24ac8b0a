"""Several statements in one message to the database, each written down once for all times.

What a change for one user costs is mostly the way to the database and back, and Django's writing
of SQL that is the same each time. On PostgreSQL the statements of a message run one after the
other, each seeing what was committed before it began, as if they had been sent one by one; on
SQLite that is what they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import AutoField, QuerySet
from django.db.models.query import get_related_populators

from ..lookups import listed
from .transactions import again

Values = tuple[Any, ...]
# By the place of a column, how its values become Python's.
Converters = Mapping[int, tuple[Iterable[Callable[..., Any]], Any]]
Model = type[models.Model]

# In place of numbers to come, while a query is written down. No row has one of these.
MARKS = range(1 - 2**63, 9 - 2**63)


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    parameters: Sequence[Any]
    converters: Converters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one statement: its rows, and how many it has found or written.

    `key` is the one that an insert gave.
    """

    rows: list[Values]
    count: int
    key: int | None


def send(*statements: Statement) -> list[Answer]:
    """Run statements in this order, and return their answers in it.

    Call inside a transaction, but for those that read.
    """
    if not statements:
        return []
    answers: list[Answer] = []
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for statement in statements:
                cursor.execute(statement.sql, statement.parameters)
                answers.append(_answer(cursor, statement))
            return answers
        cursor.execute(*_joined(statements))
        for number, statement in enumerate(statements):
            if number:
                cursor.nextset()
            answers.append(_answer(cursor, statement))
    return answers


def send_with_commit(*statements: Statement) -> bool:
    """Leave statements for the COMMIT, so that a lock is held no longer than that takes.

    Return False where that can't be, and they are to be sent now: within another transaction, on
    SQLite, and when the database has asked for the service to be run again. Each must raise where
    it has not done what it should; with the code that `transactions` knows, the service is run
    again.
    """
    outermost = connection.commit_on_exit and not connection.savepoint_ids
    if connection.vendor != "postgresql" or not outermost or again.get():
        return False
    backend: Any = connection
    backend.send_with_commit(*_joined(statements))
    return True


def _joined(statements: Sequence[Statement]) -> tuple[str, list[Any]]:
    values = [value for statement in statements for value in statement.parameters]
    return ";\n".join(statement.sql for statement in statements), values


def _answer(cursor: Any, statement: Statement) -> Answer:
    if connection.vendor == "postgresql":
        # To ask for a description would make one of each column.
        rows = cursor.fetchall() if cursor.pgresult.nfields else []
        key = rows[0][0] if rows else None
    else:
        rows = cursor.fetchall() if cursor.description else []
        key = cursor.lastrowid if cursor.rowcount == 1 else None
    if statement.converters:
        found = [list(row) for row in rows]
        for place, (steps, expression) in statement.converters.items():
            for step in steps:
                for values in found:
                    values[place] = step(values[place], expression, connection)
        rows = [tuple(values) for values in found]
    return Answer(rows, cursor.rowcount, key)


@dataclass(frozen=True, slots=True)
class Written:
    """A query written down: which of the statement's parameters is which of those given, and what
    Django says of its columns, of objects the model's and where the annotations are.
    """

    statement: Statement
    places: Mapping[int, int]
    select: Sequence[Any]
    kind: Any
    annotations: Mapping[str, int]


class Query:
    """A query of Django's for numbers, or lists of them, that differ each time it is sent."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self.written: dict[tuple[str, tuple[bool, ...]], Written] = {}

    def __call__(self, *given: int | Sequence[int]) -> Statement:
        written = self._written(given)
        statement, places = written.statement, written.places
        parameters = [
            _parameter(given[places[place]]) if place in places else value
            for place, value in enumerate(statement.parameters)
        ]
        return Statement(statement.sql, parameters, statement.converters)

    def objects(self, *given: int | Sequence[int]) -> list[Any]:
        """Send it, and return its rows as objects of its model, with those that it selects beside
        them and what it annotates.
        """
        [answer] = send(self(*given))
        written = self._written(given)
        kind, using = written.kind, connection.alias
        first, end = kind["select_fields"][0], kind["select_fields"][-1] + 1
        names = [column.target.attname for column, *_rest in written.select[first:end]]
        # The stubs are of a later Django, which has one parameter more.
        related = get_related_populators(kind, written.select, using)  # type: ignore[call-arg]
        found = []
        for row in answer.rows:
            found.append(kind["model"].from_db(using, names, row[first:end]))
            for beside in related:
                beside.populate(row, found[-1])
            for name, place in written.annotations.items():
                setattr(found[-1], name, row[place])
        return found

    def _written(self, given: Sequence[int | Sequence[int]]) -> Written:
        kind = connection.vendor, tuple(isinstance(value, int) for value in given)
        if kind not in self.written:
            marks = [
                mark if single else [mark] for mark, single in zip(MARKS, kind[1], strict=False)
            ]
            compiler: Any = self.build(*marks).query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            numbers = {_parameter(mark): number for number, mark in enumerate(marks)}
            # Which of the statement's parameters is which of those given.
            places = {
                place: numbers[value]
                for place, value in enumerate(parameters)
                if isinstance(value, int | str) and value in numbers
            }
            converters = compiler.get_converters([column for column, *_rest in compiler.select])
            self.written[kind] = Written(
                Statement(sql, parameters, converters),
                places,
                compiler.select,
                compiler.klass_info,
                compiler.annotation_col_map,
            )
        return self.written[kind]


def _parameter(given: int | Sequence[int]) -> int | str:
    return given if isinstance(given, int) else listed(given)


def insertion(row: models.Model, *, after: Model | None = None, unless: bool = False) -> Statement:
    """Return the statement for a new row; with `after`, its key is that of that model's last row.

    With `unless` nothing is written, and there is no key, where a unique rule has such a row
    already; one that is about to be written is waited for.
    """
    model = type(row)
    sql, fields = _insert(model, after, unless, connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    return Statement(sql, values)


@cache
def _insert(
    model: Model,
    after: Model | None,
    unless: bool,  # noqa: FBT001 - in the key of a cache
    vendor: str,
) -> tuple[str, list[Any]]:
    quote, key = connection.ops.quote_name, model._meta.pk
    fields = [
        field
        for field in model._meta.concrete_fields
        # What the database alone gives is left to it.
        if (field.has_default() or not field.has_db_default())
        and (field is not key or not (after or isinstance(key, AutoField)))
    ]
    columns = [quote(str(field.column)) for field in fields]
    values = ["%s"] * len(fields)
    if after:
        columns.append(quote(str(key.column)))
        table, column = after._meta.db_table, str(after._meta.pk.column)
        latest = f"currval(pg_get_serial_sequence('{table}', '{column}'))"
        values.append(latest if vendor == "postgresql" else "last_insert_rowid()")
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
        f" VALUES ({', '.join(values)})"
    )
    if unless:
        sql += " ON CONFLICT DO NOTHING"
    if vendor == "postgresql" and not after:
        sql += f" RETURNING {quote(str(key.column))}"
    return sql, fields
