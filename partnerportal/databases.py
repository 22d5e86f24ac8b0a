"""The settings of the databases: PostgreSQL, its replica if there is one, or a file of SQLite."""

from typing import Any

from .checked import Checked
from .local import embedded


def databases(env: Checked) -> dict[str, Any]:
    """Return DATABASES, from the addresses of the environment."""
    if env.embedded:
        path = embedded.data_dir() / "portal.sqlite3"
        return {"default": _sqlite({"ENGINE": "django.db.backends.sqlite3", "NAME": path})}
    default = env.database("DATABASE_URL")
    if default["ENGINE"].endswith("sqlite3"):
        found = {"default": _sqlite(default)}
    else:
        # Django's own, which tells each transaction whose rows it may see.
        default["ENGINE"] = "customers.postgresql"
        default.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
        default["CONN_MAX_AGE"] = 60
        default["CONN_HEALTH_CHECKS"] = True
        # A pooler in transaction mode hands each transaction another connection.
        default["DISABLE_SERVER_SIDE_CURSORS"] = True
        found = {"default": default}
    if env.str("DATABASE_REPLICA_URL", default=""):
        # A connection for each file: only opening one has a limit of time, which a replica that
        # hangs runs into.
        kept: dict[str, Any] = {
            name: default[name]
            for name in ("ENGINE", "DISABLE_SERVER_SIDE_CURSORS")
            if name in default
        }
        found["replica"] = {**env.database("DATABASE_REPLICA_URL"), **kept}
        found["replica"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    return found


def _sqlite(database: dict[str, Any]) -> dict[str, Any]:
    # Without IMMEDIATE two writers that read first lose to "database is locked".
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    return {**database, "OPTIONS": options}
