"""A query that is built once and asked often: building one may take longer than its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import connections
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Compiled:
    """The statement of one query for one database, with its parameters.

    What differs from one asking to the next is built with a stand-in, best a number that no row
    has: where a statement kept one by mistake, it would find nothing, and never another's.
    """

    statement: str
    parameters: tuple[Any, ...]
    database: str

    @classmethod
    def of(cls, rows: QuerySet[Any, Any], database: str) -> Self:
        statement, parameters = rows.query.get_compiler(database).as_sql()
        return cls(statement, tuple(parameters), database)

    def rows(self, given: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Return the values as the database has them, where JSON is text; `given` has what stands
        in the place of each stand-in.
        """
        parameters = [given.get(value, value) for value in self.parameters]
        with connections[self.database].cursor() as cursor:
            cursor.execute(self.statement, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
