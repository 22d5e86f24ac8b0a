"""The compose file of a copy of this checkout: what an operator types, and what comes of it."""

import base64
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from partnerportal.local.embedded import make_signing_key
from tests.containers.machine import client
from tests.deploy.compose import EXAMPLE, referred
from tests.support.house import BASE_DIR

# What is not the machine's own is under these names.
PROJECT = "portal-containers"
IMAGE, KEPT = "partner-portal", f"{PROJECT}-kept"
PORTS = {"http": 80, "https": 443}
# Where others' containers run: ports that nobody else has.
OTHER_PORTS = {"http": 18080, "https": 18443}
NAMES = ("Dockerfile", "docker-compose.yml", ".dockerignore", "deploy")


class Stack:
    def __init__(self, folder: Path, *, own: bool = True) -> None:
        self.checkout = folder / "checkout"
        self.own = own
        self.ports = PORTS if own else OTHER_PORTS
        # To compose a variable of the terminal's goes before one of `.env`.
        asked = referred("?") | referred("-")
        here = {name: value for name, value in os.environ.items() if name not in asked}
        here["COMPOSE_FILE"] = "docker-compose.yml:containers.yml"
        if own:
            here |= client(folder)
        else:
            here |= {"COMPOSE_PROJECT_NAME": PROJECT, "PORTAL_VERSION": PROJECT}
        self.environment = here
        if not self.checkout.exists():
            _copy(self.checkout)
            (self.checkout / "containers.yml").write_text(_override(own=own))
            self.write_settings(_filled())

    # What an operator types

    def docker(
        self, *command: str, check: bool = True, given: bytes = b"", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return self._run(["docker", *command], check=check, given=given, **environment)

    def compose(
        self, *command: str, check: bool = True, given: bytes = b"", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        return self.docker("compose", *command, check=check, given=given, **environment)

    def up(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return self._run(["deploy/up", *arguments], check=check)

    def manage(self, *command: str, **environment: str) -> str:
        given = [f"--env={name}={value}" for name, value in environment.items()]
        return self.compose("exec", "-T", *given, "web", "deploy/start", *command).stdout

    def sql(self, query: str) -> str:
        psql = ("psql", "--username=portal", "--no-align", "--tuples-only", "--command")
        return self.compose("exec", "-T", "postgres", *psql, query).stdout.strip()

    # .env

    def settings(self) -> dict[str, str]:
        lines = (self.checkout / ".env").read_text().splitlines()
        found = (line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
        return {name: value.strip("'") for name, value in found}

    def write_settings(self, settings: dict[str, str]) -> None:
        lines = [f"{name}='{value}'\n" for name, value in settings.items()]
        (self.checkout / ".env").write_text("".join(lines))

    # What is there

    def container(self, service: str) -> str:
        return self.compose("ps", "--all", "--quiet", service).stdout.strip()

    def running(self) -> dict[str, str]:
        """Ids of containers by their service; compose itself says nothing while `.env` is wrong."""
        label = "com.docker.compose"
        project = PROJECT if not self.own else "partner-portal"
        text = self.docker(
            *("ps", f"--filter=label={label}.project={project}"),
            f'--format={{{{.Label "{label}.service"}}}} {{{{.ID}}}}',
        ).stdout
        return dict(line.split(" ", 1) for line in text.splitlines())

    def state(self, service: str, field: str) -> str:
        found = self.docker("inspect", f"--format={{{{.{field}}}}}", self.container(service))
        return found.stdout.strip()

    def killer(self, service: str) -> Callable[[], None]:
        """Kills it, as a machine does that has no memory left; Docker starts it again by itself."""
        pid = int(self.state(service, "State.Pid"))

        def kill() -> None:
            if self.own:
                os.kill(pid, signal.SIGKILL)
                return
            # The daemon may be in a machine of its own, and what it kills itself stays down.
            self.compose("kill", service)
            self.compose("start", service)

        return kill

    def remove(self) -> None:
        """Containers, networks and volumes; images go with an own daemon, and elsewhere here."""
        self.compose("--profile=portal", "down", "--volumes", "--timeout=20", check=False)
        if not self.own:
            images = (f"{IMAGE}:{PROJECT}", f"{IMAGE}:{KEPT}")
            self.docker("image", "rm", *images, check=False)

    def logs(self) -> str:
        said = self.compose("--profile=portal", "logs", "--tail=15", check=False)
        return said.stdout + said.stderr

    def _run(
        self, command: list[str], *, check: bool, given: bytes = b"", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            command,
            check=False,
            cwd=self.checkout,
            env={**self.environment, **environment},
            input=given,
            capture_output=True,
        )
        out, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if check and done.returncode:
            tail = (out + errors)[-4000:]
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{tail}")
        return subprocess.CompletedProcess(command, done.returncode, out, errors)


def _copy(checkout: Path) -> None:
    """What the image and the compose file need, and nothing of a development's."""
    lines = (BASE_DIR / ".dockerignore").read_text().splitlines()
    wanted = {line[1:].split("/")[0] for line in lines if line.startswith("!")}
    for name in {*wanted, *NAMES}:
        source = BASE_DIR / name
        if source.is_dir():
            leave = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, checkout / name, ignore=leave)
        else:
            checkout.mkdir(exist_ok=True)
            shutil.copy2(source, checkout / name)


def _override(*, own: bool) -> str:
    """Here the daemon that builds has no network but the machine's; elsewhere others have 443."""
    if own:
        return "services:\n  migrate:\n    build:\n      network: host\n"
    ports = [f"127.0.0.1:{OTHER_PORTS['http']}:80", f"127.0.0.1:{OTHER_PORTS['https']}:443"]
    return f"services:\n  proxy:\n    ports: !override {ports}\n"


def _filled() -> dict[str, str]:
    """example.env as its comments say."""
    owner, login = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "AUDIT_KEYS": "1:" + secrets.token_urlsafe(40),
        "OIDC_KEYS": make_signing_key(),
        "MONITORING_TOKEN": secrets.token_urlsafe(32),
        # Nobody is written to; the $ is to come through.
        "EMAIL_URL": "smtp+tls://user:pa$word@mail.example:587",
        "DEFAULT_FROM_EMAIL": "portal@mail.example",
        "REDIS_PASSWORD": secrets.token_urlsafe(32),
        "POSTGRES_PASSWORD": owner,
    }
    found = re.findall(r"^([A-Z_]+)='(.*)'$", EXAMPLE.read_text(), re.MULTILINE)
    return {
        name: made.get(name) or value.replace("POSTGRES_PASSWORD", owner).replace("PASSWORD", login)
        for name, value in found
    }
