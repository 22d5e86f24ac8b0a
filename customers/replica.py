"""Files and reports may be read from a replica, which is some moments behind.

Nothing else is: who has just saved something must see it on the next page.
"""

import time

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

REPLICA = "replica"
# One that did not answer is left alone for so long: nobody waits for it again and again.
PAUSE = 30

_away_until = 0.0


def reading_database() -> str:
    """The replica, if DATABASE_REPLICA_URL names one and it answers; else the database itself."""
    global _away_until  # noqa: PLW0603 - it is this process that has asked
    if REPLICA not in connections.settings or time.monotonic() < _away_until:
        return DEFAULT_DB_ALIAS
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        connections[REPLICA].close()
        _away_until = time.monotonic() + PAUSE
        return DEFAULT_DB_ALIAS
    return REPLICA
