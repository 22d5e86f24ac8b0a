"""`make run`: the whole portal on one machine, started together and stopped together.

Valkey, web server, Celery worker and beat are children of this process. `DATABASE_URL` and
`REDIS_URL` replace what is embedded.

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
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from . import embedded

# For what is asked to end; and for what starts, which is given up at once when it has ended.
PATIENCE, START = 10, 300
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VALKEY, DATABASE = "Valkey", "database"


class Stopped(Exception):
    """Somebody asked to stop; nothing went wrong."""


class Failed(Exception):
    """Something went wrong; the text is the one line that is shown."""


def main() -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, _ask_to_stop)
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


def _ask_to_stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


class Supervisor:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.data = embedded.data_dir()
        self.port = _port(environment.get("PORT") or "8000")
        self.environment = _complete(environment)
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: IO[str] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    def say(self, line: str, stream: IO[str] | None = None) -> None:
        print(line, file=stream or sys.stdout, flush=True)

    def run(self) -> None:
        """Return never: raise Stopped or Failed."""
        self._be_the_only_one()
        self._need_the_port()
        if not self.environment.get("REDIS_URL"):
            self._start_valkey()
            self.environment["REDIS_URL"] = embedded.redis_url()
        self._prepare()
        self._start_web()
        self._wait_for_sign_in_page()
        self._start_celery()
        self._announce()
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
        self._lock = (self.data / "running").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise Failed(f"The portal is running already: {self._lock.read()}") from None
        self._lock.truncate(0)
        self._lock.write(f"{self.address} (process {os.getpid()})")
        self._lock.flush()

    def _need_the_port(self) -> None:
        with socket.socket() as probe:
            # As the web server does it: a port that only just closed may be taken again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise Failed(
                    f"Port {self.port} cannot be used ({error.strerror}). "
                    f"Choose another: PORT={self.port + 1} make run"
                ) from None

    def _start_valkey(self) -> None:
        embedded.socket_dir().mkdir(mode=0o700, exist_ok=True)
        listen = embedded.socket_dir() / "valkey.sock"
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True)
        command = embedded.valkey_command(listen, folder, durable=True)
        self._start(VALKEY, command, self.data / "valkey.log")
        deadline = time.monotonic() + START
        while not embedded.valkey_answers(listen):
            self._need_every_child()
            if time.monotonic() > deadline:
                raise Failed(f"Valkey does not answer, see {self.data / 'valkey.log'}.")
            time.sleep(0.02)

    def _prepare(self) -> None:
        self._start(DATABASE, _module("partnerportal.local.preparing", str(self._sign_ins)))
        if self.children[DATABASE].wait():
            raise Failed("Preparing the database failed, see above.")
        del self.children[DATABASE]

    def _start_web(self) -> None:
        own = [f"--bind=127.0.0.1:{self.port}", f"--graceful-timeout={PATIENCE - 2}"]
        config = "--config=python:partnerportal.serving.gunicorn"
        self._start("web", _module("gunicorn", config, *own, "partnerportal.wsgi"))

    def _start_celery(self) -> None:
        # Celery warns of root in eight lines; whoever works as root on one machine knows.
        quiet = ["-W", "ignore:You're running the worker"]
        celery = ["-m", "celery", "-A", "partnerportal", "--quiet"]
        worker = ["worker", "--pool=threads", "--concurrency=2"]
        beat = ["beat"]
        alone = ["--without-gossip", "--without-mingle"]
        self._start("worker", [sys.executable, *quiet, *celery, *worker, *alone])
        self._start("beat", [sys.executable, *celery, *beat])

    def _wait_for_sign_in_page(self) -> None:
        deadline = time.monotonic() + START
        while not self._sign_in_page_answers():
            self._need_every_child()
            if time.monotonic() > deadline:
                raise Failed("The sign-in page does not answer, see above.")
            time.sleep(0.1)

    def _sign_in_page_answers(self) -> bool:
        page = f"http://127.0.0.1:{self.port}/accounts/login/"
        try:
            with urllib.request.urlopen(page, timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            raise Failed(f"The sign-in page answers with error {error.code}, see above.") from None
        except OSError:
            return False

    def _announce(self) -> None:
        if self._sign_ins.exists():
            self.say(self._sign_ins.read_text().rstrip())
        self.say(f"\nThe portal is ready: {self.address}\nStop it with Ctrl-C.")

    @property
    def _sign_ins(self) -> Path:
        """What the demo printed, for this database alone."""
        database = self.environment.get("DATABASE_URL", "")
        return self.data / f"demo-{hashlib.sha256(database.encode()).hexdigest()[:8]}.txt"

    def _start(self, name: str, command: list[str], log: Path | None = None) -> None:
        output = log.open("ab") if log else None
        # A group of its own: Ctrl-C reaches this process alone, which stops them in order.
        self.children[name] = subprocess.Popen(
            command,
            cwd=embedded.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            process_group=0,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one thread only
        )

    def _need_every_child(self) -> None:
        for name, child in self.children.items():
            if child.poll() is not None:
                raise Failed(
                    f"{name} ended by itself ({_ending(child.returncode)}): all is stopped."
                )


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


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")


def _complete(given: Mapping[str, str]) -> dict[str, str]:
    """With a DATABASE_URL the settings make nothing up, so what this machine has is handed on."""
    own = {
        "SECRET_KEY": embedded.secret("secret_key"),
        "AUDIT_KEYS": f"local:{embedded.secret('audit_key')}",
        "CREDENTIALS_KEYS": embedded.secret("credentials_key", "fernet"),
        "EMAIL_URL": embedded.mail_url(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HTTPS": "off",
        "LOG_JSON": "off",
        "LOG_LEVEL": "WARNING",
        "REQUIRE_MFA": "off",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "PYTHONUNBUFFERED": "1",
    }
    return own | {name: value for name, value in given.items() if value}


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _die_with_parent() -> None:
    """Linux ends the children even when this process is killed outright."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _ending(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


if __name__ == "__main__":
    sys.exit(main())
