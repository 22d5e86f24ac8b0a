"""The PostgreSQL of both databases: quick while it is filled, as in production when measured."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from tests.bench.millions.filling import Portal, fill
from tests.support.postgres import Postgres, migrated_template, with_database
from tests.support.servers import manage

COMMON = {
    "effective_cache_size": "10GB",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    # Its processor time would be outside of the process that is measured.
    "max_parallel_workers_per_gather": "0",
    "track_io_timing": "on",
    "track_wal_io_timing": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}
LOADING = {**COMMON, "wal_level": "minimal", "max_wal_senders": "0"}


@contextlib.contextmanager
def server(folder: Path, memory: str) -> Iterator[Postgres]:
    """Durable, with both databases in it, once they are filled."""
    own = Postgres(folder, durable=True, memory=memory, options=COMMON).start()
    try:
        yield own
    finally:
        own.stop()


def fill_missing(folder: Path, memory: str, portals: tuple[Portal, ...]) -> None:
    """Make what is not there yet; what is, gets the migrations that are new."""
    own = Postgres(folder, durable=False, memory=memory, options=LOADING).start()
    try:
        for portal in portals:
            if portal.name in _names(own):
                manage("migrate", "--verbosity=0", DATABASE_URL=address(own, portal))
            else:
                _make(own, portal)
    finally:
        connection.close()
        own.stop()


def address(own: Postgres, portal: Portal) -> str:
    """For the owner of the tables."""
    return with_database(own.url, portal.name)


def _make(own: Postgres, portal: Portal) -> None:
    draft = "millions_draft"
    template = migrated_template(own.url)
    with psycopg.connect(own.url, autocommit=True) as maintenance:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        maintenance.execute(drop.format(sql.Identifier(draft)))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        maintenance.execute(create.format(sql.Identifier(draft), sql.Identifier(template)))
    connection.close()
    connection.settings_dict["NAME"] = draft
    fill(portal)
    connection.close()
    with psycopg.connect(own.url, autocommit=True) as maintenance:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        maintenance.execute(rename.format(sql.Identifier(draft), sql.Identifier(portal.name)))


def _names(own: Postgres) -> list[str]:
    with psycopg.connect(own.url, autocommit=True) as maintenance:
        return [name for (name,) in maintenance.execute("SELECT datname FROM pg_database")]
