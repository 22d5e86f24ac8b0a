"""A table laid on disk, for a caller who must not wait for the rest of a file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryFile

from .tables import Row, Table


@contextmanager
def kept(table: Table) -> Iterator[Table]:
    """Yield the same table, read to its end; raise what reading it raises."""
    with TemporaryFile("w+", encoding="ascii") as file:
        for row in table.rows:
            file.write(json.dumps([row.number, row.cells, row.beyond]) + "\n")
        file.seek(0)
        lines = map(json.loads, file)
        rows = (Row(number, tuple(cells), beyond=beyond) for number, cells, beyond in lines)
        yield replace(table, rows=rows)
