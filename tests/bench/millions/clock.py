"""What a work takes of a core, of the disk, and of WAL; on a busy machine the clock tells less."""

import time
from collections.abc import Callable

from django.db import connection

from tests.bench.clock import processor_time

# Since the backend was started; its counts get there at the end of a transaction, if asked to.
DISK = """
SELECT coalesce(sum(read_time + write_time + extend_time + fsync_time), 0) / 1000,
    (SELECT wal_bytes::float FROM pg_stat_get_backend_wal(pg_backend_pid()))
FROM pg_stat_get_backend_io(pg_backend_pid())
"""


def measured(work: Callable[[], object], repeat: int = 1) -> dict[str, float]:
    """Of one call, in seconds: `elapsed`, and `work`, which is that without what others took.

    It is the sum of `portal` and `database`, a core's time, and `disk`, for which the database
    waited; `wal` is in bytes. All statements go over Django's connection.
    """
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    disk, wal = _told()
    portal, database = time.process_time(), processor_time(backend)
    started = time.perf_counter()
    for _turn in range(repeat):
        work()
    elapsed = time.perf_counter() - started
    portal = time.process_time() - portal
    database = processor_time(backend) - database
    if connection.connection.info.backend_pid != backend:
        raise RuntimeError("The connection was replaced while it was measured.")
    disk_after, wal_after = _told()
    disk, wal = disk_after - disk, wal_after - wal
    spent = {"portal": portal, "database": database, "disk": disk, "wal": wal, "elapsed": elapsed}
    spent["work"] = portal + database + disk
    return {name: value / repeat for name, value in spent.items()}


def _told() -> tuple[float, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(DISK)
        disk, wal = cursor.fetchone()
        return float(disk), float(wal)
