"""`make run`, the whole portal on one machine: started together and stopped together.

Valkey, web server, Celery worker, beat and, where the database is the demo's, its Team Chat are
children of this process. `DATABASE_URL` and `REDIS_URL` replace what is embedded.

Programs that run a Procfile, such as honcho, start and stop all at once. Here each needs the one
before it: Valkey answers before the database is prepared, that is prepared before there are pages,
and Valkey ends after those who talk to it. No second one starts on the same data, and no child
outlives this process.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from . import embedded

# Seconds for what is asked to end, and for what starts, which is given up when it has ended.
PATIENCE, START = 10, 300
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VALKEY, DATABASE = "Valkey", "database"

PYTHON = (sys.executable, "-m")
PREPARING = (*PYTHON, "partnerportal.local.preparing")
WEB = (*PYTHON, "gunicorn", "--config=python:partnerportal.serving.gunicorn")
CELERY = ("-m", "celery", "-A", "partnerportal", "--quiet")
# Celery warns of root in eight lines, which a user who works as root knows.
QUIET = ("-W", "ignore:You're running the worker")
ALONE = ("--without-gossip", "--without-mingle")
WORKER = (sys.executable, *QUIET, *CELERY, "worker", "--pool=threads", "--concurrency=2", *ALONE)
BEAT = (sys.executable, *CELERY, "beat")
# In one process: what it knows is in memory.
ONE = ("--workers=1", "--threads=4", "--log-level=warning", "--no-control-socket")
TEAM_CHAT = (*PYTHON, "gunicorn", *ONE)

# The port of Team Chat so far above the portal's: two portals side by side have ports of their own.
CHAT_ABOVE = 100

# What Team Chat gets of the environment. The portal's secrets may stand there as well.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")

# With a DATABASE_URL the settings make nothing up, so what this machine has is handed on.
DEFAULTS = {
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "HTTPS": "off",
    "LOG_JSON": "off",
    "LOG_LEVEL": "WARNING",
    "REQUIRE_MFA": "off",
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "PYTHONUNBUFFERED": "1",
}


class Stopped(Exception):
    """The end that a user has asked for; nothing went wrong."""


class Failed(Exception):
    """The end after something went wrong; the text is the one line that is shown."""


def main() -> int:
    """Run the portal until it is asked to stop; return the exit code."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    supervisor = Supervisor(os.environ)
    try:
        supervisor.run()
    except Stopped:
        supervisor.say("Stopping")
    except Failed as failure:
        supervisor.say(str(failure), sys.stderr)
        return 1
    finally:
        supervisor.stop()
    return 0


class Supervisor:
    """The parent of all processes of one portal; `environment` is what it was started with."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.data = embedded.data_dir()
        self.port = _port("PORT", environment.get("PORT") or "8000")
        self.chat_port = self.port + (CHAT_ABOVE if self.port + CHAT_ABOVE < 65536 else -CHAT_ABOVE)
        self.chooses_chat_port = not environment.get("TEAM_CHAT_PORT")
        if not self.chooses_chat_port:
            self.chat_port = _port("TEAM_CHAT_PORT", environment.get("TEAM_CHAT_PORT", ""))
        self.given = {name: environment[name] for name in PASSED_ON if name in environment}
        self.environment = {
            **DEFAULTS,
            "SECRET_KEY": embedded.secret("secret_key"),
            "AUDIT_KEYS": f"local:{embedded.secret('audit_key')}",
            "CREDENTIALS_KEYS": embedded.secret("credentials_key", "fernet"),
            "OIDC_KEYS": embedded.secret("oidc_key", "rsa"),
            "EMAIL_URL": embedded.mail_url(),
            "OIDC_ISSUER": f"http://localhost:{self.port}",
            **{name: value for name, value in environment.items() if value},
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: IO[str] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    @property
    def chat_address(self) -> str:
        return f"http://localhost:{self.chat_port}"

    def say(self, line: str, stream: IO[str] | None = None) -> None:
        print(line, file=stream or sys.stdout, flush=True)

    def run(self) -> None:
        """Start everything in its order, and watch it. Return never: raise Stopped or Failed."""
        self._be_the_only_one()
        if "REDIS_URL" not in self.environment:
            self._start_valkey()
        # The demo's sign-ins, for this database alone.
        database = self.environment.get("DATABASE_URL", "")
        name = hashlib.sha256(database.encode()).hexdigest()[:8]
        sign_ins, client = self.data / f"demo-{name}.txt", self.data / f"team-chat-{name}.json"
        self._start(DATABASE, [*PREPARING, str(sign_ins), str(client), self.chat_address])
        if self.children[DATABASE].wait():
            raise Failed("Preparing the database failed, see above.")
        del self.children[DATABASE]
        has_chat = client.exists()
        if has_chat:
            # To tell Team Chat that a session has ended: no other address of this machine.
            allowed = (self.environment.get("EGRESS_ALLOW"), self.chat_address)
            self.environment["EGRESS_ALLOW"] = ",".join(filter(None, allowed))
        own = (f"--bind=127.0.0.1:{self.port}", f"--graceful-timeout={PATIENCE - 2}")
        self._start("web", [*WEB, *own, "partnerportal.wsgi"])
        self._wait_for(
            lambda: self._answers("The sign-in page", self.port, "/accounts/login/"),
            "The sign-in page does not answer, see above.",
        )
        if has_chat:
            self._start_team_chat(client)
        self._start("worker", WORKER)
        self._start("beat", BEAT)
        if sign_ins.exists():
            self.say(sign_ins.read_text().rstrip())
        if has_chat:
            self.say(f"\nTeam Chat, where uma signs in from My apps: {self.chat_address}/")
        self.say(f"\nThe portal is ready: {self.address}\nStop it with Ctrl-C.")
        while True:
            self._need_every_child()
            time.sleep(0.5)

    def stop(self) -> None:
        """End the children, Valkey after those who talk to it. A second Ctrl-C changes nothing."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        valkey = self.children.pop(VALKEY, None)
        _end(*self.children.values())
        if valkey is not None:
            _end(valkey)
            shutil.rmtree(embedded.socket_dir(), ignore_errors=True)
        self.children.clear()

    def _be_the_only_one(self) -> None:
        """Raise Failed unless nothing else uses this data or this port; keep the data locked."""
        self._lock = (self.data / "running").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise Failed(f"The portal is running already: {self._lock.read()}") from None
        self._lock.truncate(0)
        self._lock.write(f"{self.address} (process {os.getpid()})")
        self._lock.flush()
        _probe("PORT", self.port)
        self.choose_chat_port()

    def choose_chat_port(self) -> None:
        """Take another port for Team Chat where its own is taken; Failed where that was chosen."""
        try:
            _probe("TEAM_CHAT_PORT", self.chat_port)
        except Failed:
            if not self.chooses_chat_port:
                raise
            self.chat_port = _any_port()

    def _start_valkey(self) -> None:
        embedded.socket_dir().mkdir(mode=0o700, exist_ok=True)
        listen = embedded.socket_dir() / "valkey.sock"
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True)
        command = embedded.valkey_command(listen, folder, durable=True)
        log = self.data / "valkey.log"
        self._start(VALKEY, command, log)
        answers = partial(embedded.valkey_answers, listen)
        self._wait_for(answers, f"Valkey does not answer, see {log}.", every=0.02)
        self.environment["REDIS_URL"] = embedded.redis_url()

    def _start_team_chat(self, client: Path) -> None:
        names = ("OIDC_ISSUER", "PYTHONUNBUFFERED")
        environment = self.given | {name: self.environment[name] for name in names}
        environment |= {"TEAM_CHAT_URL": self.chat_address, "TEAM_CHAT_CLIENT": str(client)}
        own = (f"--bind=127.0.0.1:{self.chat_port}", f"--graceful-timeout={PATIENCE - 2}")
        command = [*TEAM_CHAT, *own, "demo.team_chat.app"]
        self._start("Team Chat", command, environment=environment)
        self._wait_for(
            lambda: self._answers("Team Chat", self.chat_port, "/"),
            "Team Chat does not answer, see above.",
        )

    def _answers(self, name: str, port: int, path: str) -> bool:
        page = f"http://127.0.0.1:{port}{path}"
        try:
            with urllib.request.urlopen(page, timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            raise Failed(f"{name} answers with error {error.code}, see above.") from None
        except OSError:
            return False

    def _start(
        self,
        name: str,
        command: Sequence[str],
        log: Path | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        output = log.open("ab") if log else None
        # A group of its own: Ctrl-C reaches this process alone, which stops them in order.
        self.children[name] = subprocess.Popen(
            command,
            cwd=embedded.BASE_DIR,
            env=environment or self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            process_group=0,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one thread only
        )

    def _wait_for(self, answers: Callable[[], bool], failure: str, *, every: float = 0.1) -> None:
        deadline = time.monotonic() + START
        while not answers():
            self._need_every_child()
            if time.monotonic() > deadline:
                raise Failed(failure)
            time.sleep(every)

    def _need_every_child(self) -> None:
        for name, child in self.children.items():
            code = child.poll()
            if code is not None:
                how = f"exit {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
                raise Failed(f"{name} ended by itself ({how}): all is stopped.")


def _port(name: str, given: str) -> int:
    if not (given.isdecimal() and 0 < int(given) < 65536):
        raise SystemExit(f"{name} must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def _probe(name: str, port: int) -> None:
    """Raise Failed unless a web server can have this port."""
    with socket.socket() as probe:
        # As the web server does it: a port that only just closed may be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failed(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: {name}={port + 1} make run"
            ) from None


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(*children: subprocess.Popen[bytes]) -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
        # Its own children too: a web server that was killed leaves its workers behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _die_with_parent() -> None:
    """Have Linux end a child even when this process is killed outright."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
