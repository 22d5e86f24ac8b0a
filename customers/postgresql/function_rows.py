"""Rows that a function of PostgreSQL gives, as they are or as instances of a model.

`QuerySet.raw` reads them as well, and works out anew at each query which column is which field. For
a function that is asked at every request, that takes longer than its answer.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


class FunctionRow(Generic[Row]):
    """The columns of a model in a function's answer, which `read` makes an instance of.

    `source` is what stands there before each column: `found`, as `rows_of` calls the answer, or a
    column of it that is a whole row.
    """

    def __init__(self, model: type[Row], source: str) -> None:
        self.model, self.source = model, source

    @cached_property
    def columns(self) -> str:
        quoted = map(connection.ops.quote_name, (field.column for field in self._fields))
        return ", ".join(f"{self.source}.{column}" for column in quoted)

    @cached_property
    def width(self) -> int:
        return len(self._fields)

    def read(self, values: Sequence[Any]) -> Row:
        """Return the instance that these columns are."""
        read = list(values)
        for place, convert in self._converters:
            read[place] = convert(read[place], None, connection)
        names = [field.attname for field in self._fields]
        instance: Row = self.model.from_db(connection.alias, names, read)
        return instance

    @cached_property
    def _fields(self) -> Sequence[Any]:
        return self.model._meta.concrete_fields

    @cached_property
    def _converters(self) -> list[tuple[int, Callable[..., Any]]]:
        return [
            (place, convert)
            for place, field in enumerate(self._fields)
            for convert in field.get_db_converters(connection)
        ]


def rows_of(columns: str, call: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return these columns of what a function gives; `call` has a place for each value."""
    with connection.cursor() as cursor:
        # Names of our own.
        cursor.execute(f"SELECT {columns} FROM {call} AS found", values)  # noqa: S608
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
