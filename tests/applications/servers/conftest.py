"""Whole services of others, from packages of their own (requirements-applications.in).

They sign in at the live server, which is the issuer, as they are told by the page of settings.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from applications.recipes import SECRET, Recipe, filled
from applications.services.applications import Added
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast, make_cast
from tests.support.house import BASE_DIR

HERE = Path(__file__).resolve().parent
PLACE = BASE_DIR / ".venv-applications"


@pytest.fixture(scope="session")
def programs() -> Path:
    """Where the programs are. They are fetched once, and by nobody who does not ask for them."""
    make = ["make", "--silent", f"{PLACE.name}/requirements-applications.lock"]
    subprocess.run(make, check=True, cwd=BASE_DIR)
    return PLACE / "bin"


class Service:
    """A process that answers at an address, with what it says in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "service.log"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, command: Sequence[str]) -> None:
        """Have the program do one thing, and end."""
        done = subprocess.run(command, check=False, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}"[-4_000:])

    def start(
        self, command: Sequence[str], url: str, environment: Mapping[str, str] | None = None
    ) -> None:
        own = {**os.environ, **(environment or {})}
        # Of the tests, and nothing to others that speak Django or Celery.
        own = {name: own[name] for name in own.keys() - {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=own, stdout=log, stderr=log, process_group=0
            )
        # It says nothing for as long as it, or a process that it has started, reads its modules.
        group = self.process.pid
        wait_for(
            lambda: self._answers(url),
            f"The service ({self.log})",
            progress=lambda: _spent(group),
        )

    def _answers(self, url: str) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"The service ended:\n{self.log.read_text()[-4_000:]}")
        try:
            return httpx2.get(url, timeout=PATIENCE).status_code < 500
        except httpx2.RequestError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            # With those that it has started.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)


def _spent(group: int) -> list[str]:
    """How far all processes of a group have come: what the system says of each."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            said = path.read_text()
            if said.rpartition(")")[2].split()[2] == str(group):
                found.append(said)
    return found


def recipe_for(key: str, origin: str, issuer: str = "", added: Added | None = None) -> Recipe:
    """What the page of settings says of the service, with the secret in its place."""
    client = str(added.application.client_id) if added else ""
    found = filled(issuer=issuer, client_id=client, start_url=f"{origin}/")
    recipe = next(one for one in found if one.key == key)
    return replace(recipe, text=recipe.text.replace(SECRET, added.secret if added else SECRET))


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def issuer(live_server: LiveServer, settings: Settings) -> str:
    settings.OIDC_ISSUER = live_server.url
    return str(live_server.url)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def allow(settings: Settings) -> Callable[[str], None]:
    """Lets the portal connect to an origin on this machine."""

    def allow(origin: str) -> None:
        settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, origin]

    return allow
