"""The lookup `pk__among=ids`: one parameter for any number of ids, where `in` has one for each.

`username__among_texts=names` is the same for texts.

Ten thousand parameters cost more to write down than the database takes to find the rows.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DataError, connection
from django.db.models import CharField, Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


def array_of(numbers: Iterable[int | None]) -> str:
    """Return an array literal of PostgreSQL; the driver would look at each number by itself."""
    return f"{{{','.join(map(str, numbers)).replace('None', 'NULL')}}}"


def array_of_texts(texts: Sequence[str]) -> str:
    """Return an array literal of texts, made at once, since the driver is slow at each."""
    if not texts:
        return "{}"
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        raise DataError("A text of PostgreSQL cannot contain the character NUL.")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'


def listed(numbers: Iterable[int]) -> str:
    """Return the one parameter of `among`."""
    numbers = list(numbers)
    return array_of(numbers) if connection.vendor == "postgresql" else json.dumps(numbers)


class Among(Lookup[Any]):
    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[int]:
        return [int(value) for value in self.rhs]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        listed = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - no text of ours
        return listed, [*params, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s::bigint[])", [*params, array_of(self.rhs)]


class AmongTexts(Among):
    lookup_name = "among_texts"

    def get_prep_lookup(self) -> list[str]:  # type: ignore[override]
        return [str(value) for value in self.rhs]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        # No column holds a text with NUL in it: it finds no row.
        texts = [text for text in self.rhs if "\0" not in text]
        return f"{column} = ANY (%s::text[])", [*params, array_of_texts(texts)]


for kind in (Field, ForeignObject):
    kind.register_lookup(Among)
CharField.register_lookup(AmongTexts)
