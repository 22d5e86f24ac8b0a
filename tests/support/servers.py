"""Real servers of one test run: Valkey from its wheel, a Celery worker, a mail server."""

import asyncio
import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import redis
from aiosmtpd.controller import Controller
from celery import Celery

from partnerportal.local import embedded
from tests.patience import PATIENCE, wait_for

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def make_run_dir() -> Path:
    """A short private folder that goes with this process; those of killed runs go now."""
    temporary = Path(tempfile.gettempdir())
    for left in temporary.glob(f"portal-run-{os.getuid()}-*"):
        pid = left.name.split("-")[3]
        if subprocess.run(["ps", "-p", pid], check=False, capture_output=True).returncode:
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"portal-run-{os.getuid()}-{os.getpid()}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def own_redis_database(given: str | None, run_dir: Path, process: str) -> str:
    """The address for this process: a socket of its own, or its own database of a given server."""
    if given is None:
        return f"unix://{run_dir / process}.sock"
    if process == "main":
        return given
    parts = urlsplit(given)
    number = int(parts.path.strip("/") or 0) + int(process.removeprefix("gw")) + 1
    return urlunsplit(parts._replace(path=f"/{number}"))


def inherited(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For a process that is none of pytest-xdist: addresses are meant as they are given."""
    return {key: environment[key] for key in environment if key != "PYTEST_XDIST_WORKER"}


def manage(*arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def migrated_file(folder: Path) -> Path:
    """An SQLite database with all migrations applied, which the first process of a run makes."""
    made = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            draft = folder / "draft.sqlite3"
            manage("migrate", "--verbosity=0", DATABASE_URL=f"sqlite:///{draft}")
            draft.rename(made)
    return made


class Valkey:
    """A Valkey of this run's own, on a socket, that keeps nothing."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> Self:
        command = embedded.valkey_command(self.socket, self.socket.parent, durable=False)
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, process_group=0
        )
        wait_for(lambda: embedded.valkey_answers(self.socket), "Valkey")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)


class Worker:
    """A real Celery worker on the given database, broker and mail server.

    A test that kills one starts its own; `stop` ends it as an operator would.
    """

    # Threads leave one process to start and to kill, and share its imports.
    threads = 2
    pool: tuple[str, ...] = ("--pool=threads", f"--concurrency={threads}")

    def __init__(self, log: Path, *, database: str, broker: str, mail: str) -> None:
        self.log = log
        self.broker = broker
        self.environment = {
            **inherited(),
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "EMAIL_URL": mail,
            "LOG_LEVEL": "INFO",
        }
        self.process: subprocess.Popen[bytes] | None = None
        # Not the current one: that is the portal's, by which its tasks are sent.
        apart = Celery(broker=broker.replace("unix:", "redis+socket:"), set_as_current=False)
        self._control = apart.control

    def start(self) -> Self:
        options = [*self.pool, "--without-gossip", "--without-mingle"]
        command = [sys.executable, "-m", "celery", "-A", "partnerportal", "worker", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        wait_for(self._ready, f"The worker ({self.log})")
        return self

    def _ready(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"The worker ended:\n{self.log.read_text()}")
        return " ready." in self.log.read_text()

    def take_tasks(self) -> None:
        self._control.add_consumer("celery", reply=True, limit=1, timeout=PATIENCE)

    def take_no_tasks(self) -> None:
        """Others use the same queue, and expect nobody there."""
        self._control.cancel_consumer("celery", reply=True, limit=1, timeout=PATIENCE)
        # What it asked for last still waits at the broker, and would be given the next task.
        with redis.Redis.from_url(self.broker) as queue:
            for client in queue.client_list():
                if "b" in client["flags"]:
                    queue.client_unblock(int(client["id"]))

    def wait_until_idle(self) -> None:
        """Return when every task sent so far has been done, failed ones included."""
        with redis.Redis.from_url(self.broker) as queue:
            wait_for(lambda: self._is_idle(queue), "The queue")

    def _is_idle(self, queue: redis.Redis) -> bool:
        """Whether no task waits, is on its way to the worker, or is worked on."""
        if queue.llen("celery") or queue.hlen("unacked"):
            return False
        # On its way it is in neither list.
        self.catch_up()
        return not queue.llen("celery") and not queue.hlen("unacked")

    def catch_up(self) -> None:
        """Return when the worker has read all that was on its way to it.

        It does so before it reads what it is asked now, or in the same turn: the second answer is
        of a later one.
        """
        for _turn in range(2):
            self._ready()
            self._control.ping(limit=1, timeout=PATIENCE)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)


class MailServer:
    """An SMTP server that keeps what it is given, or answers and falls silent as it is told."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.forget()
        self.port = free_port()
        # Named: it would ask the resolver for its name at each connection.
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            server_hostname="localhost",
            ready_timeout=PATIENCE,
        )

    def forget(self) -> None:
        """Take everything again, and keep nothing of before."""
        self.messages.clear()
        # By address: what the next tries are answered in place of a yes.
        self.refusals: dict[str, list[str]] = {}
        # What the next mails are answered once they have come over.
        self.data_refusals: list[str] = []
        # "RCPT" or "DATA": where no answer comes.
        self.silent_at = ""
        self.asked: list[str] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """aiosmtpd calls this by name for each receiver."""
        self.asked.append(address)
        if self.silent_at == "RCPT":
            await asyncio.sleep(PATIENCE)
        if answers := self.refusals.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 Taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd calls this by name for each message."""
        if self.data_refusals:
            return self.data_refusals.pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.silent_at == "DATA":
            await asyncio.sleep(PATIENCE)
        return "250 Taken"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> Self:
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether a server of this machine takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
