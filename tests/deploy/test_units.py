"""deploy/systemd as systemd would run it; `make containers` lets systemd itself read the files."""

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.compose import written
from tests.deploy.containers import TOKEN
from tests.deploy.test_start import database
from tests.operations.processes import PRODUCTION, bare, run
from tests.patience import PATIENCE, wait_for
from tests.settings import PROCESS, RUN_DIR
from tests.support.house import BASE_DIR
from tests.support.postgres import application_url
from tests.support.servers import Valkey, free_port

__all__ = ["database"]

FOLDER = BASE_DIR / "deploy" / "systemd"
UNITS = {path.stem.removeprefix("portal-"): path for path in sorted(FOLDER.glob("*.service"))}
PLACE = "/srv/portal"
OPERATIONS = (BASE_DIR / "docs" / "operations.md").read_text()


def service(name: str) -> dict[str, list[str]]:
    """The settings of the unit's service, each of which may stand more than once."""
    section = UNITS[name].read_text().partition("[Service]")[2].partition("\n[")[0]
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def environment(name: str, folder: Path) -> dict[str, str]:
    """What the unit sets itself; %t is the folder of what lives as long as the machine runs."""
    lines = service(name).get("Environment", [])
    return {key: value.replace("%t", str(folder)) for key, value in (x.split("=") for x in lines)}


def filled(database: str, broker: str, folder: Path) -> dict[str, str]:
    """portal.env and owner.env, as someone fills them in."""
    given = written(FOLDER / "portal.env")
    given |= {name: PRODUCTION[name] for name in PRODUCTION if name in given}
    given |= {"MONITORING_TOKEN": TOKEN, "DEFAULT_FROM_EMAIL": "portal@portal.example"}
    given |= {"DATABASE_URL": application_url(database), "DATABASE_OWNER_URL": database}
    given |= {"REDIS_URL": broker, "UPLOAD_DIR": str(folder)}
    return given | {"WEB_BIND": f"127.0.0.1:{free_port()}", "WEB_PROCESSES": "1"}


@pytest.mark.once
def test_every_process_has_a_unit_that_starts_it_as_everything_else_does() -> None:
    assert UNITS.keys() == {"web", "worker", "beat", "migrate"}
    for name in UNITS:
        unit = service(name)
        assert unit["ExecStart"] == [f"{PLACE}/deploy/start {name}"]
        assert (unit["User"], unit["WorkingDirectory"]) == (["portal"], [PLACE])
        assert unit["NoNewPrivileges"] == ["yes"]
        assert ("/etc/portal/owner.env" in unit["EnvironmentFile"]) is (name == "migrate")
        assert (unit.get("Restart") == ["always"]) is (name != "migrate")
    # Processes of one service count together, and no two services.
    for name in ("web", "worker"):
        assert service(name)["RuntimeDirectory"] == [f"portal-{name}"]
        folder = environment(name, Path("/run"))["PROMETHEUS_MULTIPROC_DIR"]
        assert folder == f"/run/portal-{name}/metrics"


@pytest.mark.once
def test_the_example_of_a_server_is_complete_and_keeps_everybody_behind_the_proxy(
    tmp_path: Path,
) -> None:
    given = written(FOLDER / "portal.env")
    assert (given["WEB_BIND"], given["PROXY_COUNT"]) == ("127.0.0.1:8000", "1")
    assert given["TRUST_FORWARDED_PROTO"] == "on"
    done = run("deploy/start", "check", **given)
    named = set(re.findall(r"^- ([A-Z_]+) ", done.stderr, re.MULTILINE))
    empty = {name for name, value in given.items() if not value} - {"DEFAULT_FROM_EMAIL"}
    # Whoever forgets the passwords in the addresses, too.
    assert named == {*empty, "REDIS_URL"} - {"MONITORING_TOKEN"}
    done = run("deploy/start", "check", **filled_by_hand(given))
    assert done.returncode == 0, done.stderr


def filled_by_hand(given: dict[str, str]) -> dict[str, str]:
    named = {name: PRODUCTION[name] for name in PRODUCTION if name in given}
    return {**given, **named, "MONITORING_TOKEN": TOKEN}


@pytest.mark.once
def test_the_steps_name_every_file_that_they_need() -> None:
    steps = OPERATIONS.partition("## On a server of one's own")[2].partition("\n## ")[0]
    for path in re.findall(r"\bdeploy/[a-zA-Z./]+[a-zA-Z]", steps):
        assert (BASE_DIR / path).exists(), path
    for unit in UNITS.values():
        assert unit.stem in steps


class Notified:
    """The socket on which a service says that it is ready."""

    def __init__(self) -> None:
        self.path = RUN_DIR / f"{PROCESS}-notify.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(PATIENCE)

    def hear(self) -> str:
        return self.socket.recv(4096).decode()


@pytest.fixture
def notified() -> Iterator[Notified]:
    made = Notified()
    yield made
    made.socket.close()
    made.path.unlink()


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.long
def test_the_very_lines_of_the_units_run(database: str, tmp_path: Path, notified: Notified) -> None:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-units.sock").start()
    pulse = tmp_path / "pulse"
    pulse.mkdir()
    given = filled(database, valkey.url, tmp_path) | {"HEARTBEAT_DIR": str(pulse)}

    def started(name: str, **more: str) -> "subprocess.Popen[bytes]":
        [line] = service(name)["ExecStart"]
        for folder in service(name).get("RuntimeDirectory", []):
            (tmp_path / folder).mkdir()
        variables = bare(**given, **environment(name, tmp_path), **more)
        if "METRICS_PORT" in variables:
            variables["METRICS_PORT"] = str(free_port())
        command = shlex.split(line.replace(PLACE, str(BASE_DIR)))
        return subprocess.Popen(command, cwd=BASE_DIR, env=variables)

    assert started("migrate").wait(PATIENCE) == 0
    stays = {"web": started("web", NOTIFY_SOCKET=str(notified.path))}
    assert "READY=1" in notified.hear()
    stays |= {name: started(name) for name in ("worker", "beat")}
    try:
        for name in ("worker", "beat"):
            wait_for((pulse / f"portal-{name}").exists, name)
    finally:
        for process in stays.values():
            process.send_signal(signal.SIGTERM)
        ended = {name: process.wait(PATIENCE) for name, process in stays.items()}
        valkey.stop()
    assert ended == {"web": 0, "worker": 0, "beat": 0}
