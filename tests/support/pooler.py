"""PgBouncer in transaction mode, found or installed; one connection to PostgreSQL serves all."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.apt import install
from tests.patience import PATIENCE, wait_for
from tests.support.postgres import server_account
from tests.support.servers import free_port

# Debian's place is not on everyone's PATH.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def find_pgbouncer() -> str | None:
    if named := os.environ.get("PGBOUNCER"):
        if not os.access(named, os.X_OK):
            raise SystemExit(f"PGBOUNCER names {named}, which is no program.")
        return named
    return shutil.which("pgbouncer", path=PLACES)


def ensure_pgbouncer() -> str:
    if found := find_pgbouncer():
        return found
    install("pgbouncer", told="Installing PgBouncer for the test of poolers")
    if found := find_pgbouncer():
        return found
    raise SystemExit(
        "The test of poolers needs PgBouncer: install the package pgbouncer, or name the program: "
        "PGBOUNCER=/path/to/pgbouncer make test"
    )


class Pooler:
    """In front of the database of that address, whose login and password it has."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.target = conninfo_to_dict(url)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{self.target['user']}@127.0.0.1:{self.port}/{self.target['dbname']}"

    def start(self) -> Self:
        self.folder.mkdir()
        configuration = self._configure()
        account: dict[str, Any] = {}
        if os.getuid() == 0:
            # It refuses to be root.
            user, group = server_account()
            account = {"user": user, "group": group, "extra_groups": []}
        with (self.folder / "pooler.log").open("wb") as log:
            self.process = subprocess.Popen(
                [ensure_pgbouncer(), str(configuration)],
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                **account,
            )
        wait_for(self._answers, f"PgBouncer ({self.folder})")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _configure(self) -> Path:
        database = " ".join(
            f"{name}={self.target[name]}"
            for name in ("host", "port", "dbname", "user", "password")
            if self.target.get(name)
        )
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": 1,
            "max_client_conn": 100,
        }
        listed = "\n".join(f"{name} = {value}" for name, value in settings.items())
        path = self.folder / "pgbouncer.ini"
        name = self.target["dbname"]
        path.write_text(f"[databases]\n{name} = {database}\n[pgbouncer]\n{listed}\n")
        for place in (self.folder, path):
            if os.getuid() == 0:
                os.chown(place, *server_account())
        return path

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=PATIENCE).close()
        except psycopg.OperationalError:
            return False
        return True
