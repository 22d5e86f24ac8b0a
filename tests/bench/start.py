"""`make run` in a fresh clone, with a warm package cache: until the sign-in page answers."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, at_most
from tests.bench.stage import GIVEN_ENVIRONMENT, Stage
from tests.support.servers import BASE_DIR, free_port

PATIENCE = 300
# What is not set at a first start.
UNSET = {
    "AUDIT_KEYS",
    "CREDENTIALS_KEYS",
    "DATABASE_URL",
    "DATA_DIR",
    "OIDC_ISSUER",
    "OIDC_KEYS",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
}
UNSET |= {"MAKEFLAGS", "MAKELEVEL", "STATIC_ROOT", "VIRTUAL_ENV"}


def measure(stage: Stage) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="portal-clone-") as folder:
        clone = Path(folder) / "portal"
        subprocess.run(["git", "clone", "--quiet", str(BASE_DIR), str(clone)], check=True)
        seconds = _seconds_to_sign_in(clone, Path(folder) / "run.log")
    yield at_most(45, "make run in a fresh clone, to the sign-in page", seconds, "s")


def _seconds_to_sign_in(clone: Path, log: Path) -> float:
    port = free_port()
    environment = {name: GIVEN_ENVIRONMENT[name] for name in GIVEN_ENVIRONMENT.keys() - UNSET}
    started = time.perf_counter()
    with log.open("wb") as output:
        portal = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env={**environment, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _sign_in_page_answers(port):
            if portal.poll() is not None or time.perf_counter() - started > PATIENCE:
                raise RuntimeError(f"make run did not start the portal:\n{log.read_text()}")
            time.sleep(0.1)
        return time.perf_counter() - started
    finally:
        _stop(portal)


def _sign_in_page_answers(port: int) -> bool:
    try:
        page = f"http://127.0.0.1:{port}/accounts/login/"
        with urllib.request.urlopen(page, timeout=10) as answer:
            return b"Sign in" in answer.read()
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False


def _stop(portal: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C does: the whole group is told, and the supervisor ends its children."""
    if portal.poll() is None:
        os.killpg(portal.pid, signal.SIGINT)
    try:
        portal.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(portal.pid, signal.SIGKILL)
        portal.wait()
