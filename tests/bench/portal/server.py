import contextlib
import os
from collections.abc import Iterator

from tests.support.postgres import Postgres, checkout_folder

# A server with a million users has room for their table.
MEMORY = "1GB"


@contextlib.contextmanager
def server() -> Iterator[tuple[str, bool]]:
    """A PostgreSQL as in production (fsync, synchronous commit), and whether it is our own.

    DATABASE_URL may name another; it must run on this machine, where its processor time shows.
    """
    if url := os.environ.get("DATABASE_URL"):
        yield url, False
        return
    folder = checkout_folder()
    own = Postgres(folder.with_name(f"{folder.name}-bench"), durable=True, memory=MEMORY).start()
    try:
        yield own.url, True
    finally:
        own.stop()
