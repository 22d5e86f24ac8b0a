"""The bench's databases, each filled once: its own server keeps them for the next run.

On a server that DATABASE_URL names nothing is left behind.
"""

import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from tests.bench.population import Population, fill
from tests.support.postgres import migrated_template, with_database

PREFIX = "bench_"
# Workers of a parallel query would do their part outside of the process that is measured.
SETTINGS = {"max_parallel_workers_per_gather": "0"}


class Databases:
    def __init__(self, url: str, *, keep: bool) -> None:
        self.url = url
        self.keep = keep

    def use(self, population: Population) -> str:
        """Connect Django to the database that holds these users, which is filled at most once."""
        name = f"{PREFIX}{population.name}_{_fingerprint(population)}"
        with self._maintenance() as server:
            known = _names(server)
            for outdated in known:
                if outdated.startswith(f"{PREFIX}{population.name}_") and outdated != name:
                    _drop(server, outdated)
        if name not in known:
            self._make(name, population)
        self.connect(name)
        return name

    @contextlib.contextmanager
    def copy_of(self, population: Population) -> Iterator[str]:
        """The same users in a database of its own, for work that changes them; its address."""
        source = self.use(population)
        connection.close()
        with self._copy(source) as url:
            yield url

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        with self._copy(migrated_template(self.url)) as url:
            yield url

    @contextlib.contextmanager
    def _copy(self, source: str) -> Iterator[str]:
        name = f"{PREFIX}copy_{os.getpid()}"
        with self._maintenance() as server:
            _drop(server, name)
            _create(server, name, source)
        self.connect(name)
        try:
            yield with_database(self.url, name)
        finally:
            connection.close()
            with self._maintenance() as server:
                _drop(server, name)

    def connect(self, name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.settings_dict["CONN_MAX_AGE"] = None

    def leave(self) -> None:
        connection.close()
        if self.keep:
            return
        with self._maintenance() as server:
            for name in _names(server):
                _drop(server, name)

    def _make(self, name: str, population: Population) -> None:
        draft = f"{PREFIX}draft_{os.getpid()}"
        template = migrated_template(self.url)
        with self._maintenance() as server:
            _drop(server, draft)
            _create(server, draft, template)
        self.connect(draft)
        fill(population)
        connection.close()
        with self._maintenance() as server:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            server.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))

    def _maintenance(self) -> "psycopg.Connection[tuple[str]]":
        return psycopg.connect(self.url, autocommit=True)


@functools.cache
def _fingerprint(population: Population) -> str:
    """Of all that the rows depend on; a week old, they are made anew: the deleted grow final."""
    here = Path(__file__).parent
    sources = [here / "population.py", here / "names.py", here.parents[1] / "accounts/names.py"]
    digest = hashlib.sha256(repr(population).encode())
    for path in sources:
        digest.update(path.read_bytes())
    digest.update(datetime.now(UTC).strftime("%G-%V").encode())
    for path in sorted(here.parents[1].glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _names(server: "psycopg.Connection[tuple[str]]") -> list[str]:
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'bench!_%' ESCAPE '!'"
    return [name for (name,) in server.execute(query)]


def _create(server: "psycopg.Connection[tuple[str]]", name: str, template: str) -> None:
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    server.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    for setting, value in SETTINGS.items():
        alter = sql.SQL("ALTER DATABASE {} SET {} = {}")
        server.execute(alter.format(sql.Identifier(name), sql.Identifier(setting), value))


def _drop(server: "psycopg.Connection[tuple[str]]", name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    server.execute(drop.format(sql.Identifier(name)))
