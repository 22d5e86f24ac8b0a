"""The replica that files and reports may be read from, once it has all that the database had.

Nothing else is: a page would wait for it again and again.
"""

import time

import structlog
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

logger = structlog.get_logger(__name__)

REPLICA = "replica"
# One that did not answer, or was behind, is left alone for so long: nobody waits for it again and
# again.
PAUSE = 30
# What is a moment behind is waited for; a standby without trouble is some milliseconds behind.
PATIENCE = 1.0

_away_until = 0.0


def reading_database() -> str:
    """Return the alias of the replica if one is set and up to date, else of the database itself.

    Users who have just saved something therefore find it in the file.
    """
    global _away_until  # noqa: PLW0603 - it is this process that has asked
    if REPLICA not in connections.settings or time.monotonic() < _away_until:
        return DEFAULT_DB_ALIAS
    try:
        if _is_up_to_date():
            return REPLICA
        reason = "behind"
    except OperationalError:
        connections[REPLICA].close()
        reason = "away"
    logger.warning("replica_left_alone", reason=reason, seconds=PAUSE)
    _away_until = time.monotonic() + PAUSE
    return DEFAULT_DB_ALIAS


def _is_up_to_date() -> bool:
    """Wait for the replica, no longer than PATIENCE. Raise OperationalError when either is away."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # The end of the log as it is on the disk: all that was confirmed to anybody is before it.
        cursor.execute("SELECT pg_current_wal_lsn()")
        [end] = cursor.fetchone()
    # Whatever is no standby knows nothing of that log, and nobody can tell how far it is.
    query = "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= %s::pg_lsn"
    deadline = time.monotonic() + PATIENCE
    with connections[REPLICA].cursor() as cursor:
        while True:
            cursor.execute(query, [end])
            if cursor.fetchone() == (True,):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
