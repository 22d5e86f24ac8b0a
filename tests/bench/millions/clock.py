"""What a work takes: of the clock, of a core in the portal and in the database, and of WAL."""

import os
import time
from collections.abc import Callable

from django.db import connection

from tests.bench.clock import processor_time, waiting_time


def measured(work: Callable[[], object], repeat: int = 1) -> dict[str, float]:
    """Of one call: `elapsed`, `portal` and `database` in seconds, `wal` in bytes.

    `elapsed` is what it would take on a machine where nobody else wants a core. All statements go
    over Django's connection; nobody else writes in this server meanwhile.
    """
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    wal, waited = _written(), waiting_time(os.getpid()) + waiting_time(backend)
    portal, database = time.process_time(), processor_time(backend)
    started = time.perf_counter()
    for _turn in range(repeat):
        work()
    elapsed = time.perf_counter() - started
    elapsed -= waiting_time(os.getpid()) + waiting_time(backend) - waited
    portal = time.process_time() - portal
    database = processor_time(backend) - database
    if connection.connection.info.backend_pid != backend:
        raise RuntimeError("The connection was replaced while it was measured.")
    spent = {"elapsed": elapsed, "portal": portal, "database": database, "wal": _written() - wal}
    return {name: value / repeat for name, value in spent.items()}


def _written() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")
        return float(cursor.fetchone()[0])
