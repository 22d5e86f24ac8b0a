"""A Docker of this run's own: its socket, data, processes and network end with it.

A daemon that is here already is not asked, nor are its containers, images and networks seen.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.apt import can_install, install
from tests.patience import PATIENCE, wait_for
from tests.support.house import BASE_DIR

# Debian's.
TOOLS = ("docker.io", "mmdebstrap", "iproute2", "iptables", "systemd", "ca-certificates")
# Of requirements-containers.lock.
PROGRAMS = BASE_DIR / ".venv-containers"
# Without them a container's files could not be mounted, nor its processes ended with this one's.
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
# To build: the machine's own network, of which nothing is changed.
UNTOUCHED = ("--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false")


def install_tools() -> None:
    if not can_install():
        raise SystemExit(
            "make containers needs root on Debian, where it makes its images itself; or a Docker"
            " that fetches them, with Compose: DOCKER=on make containers"
        )
    here = subprocess.run(["dpkg-query", "--show", *TOOLS], check=False, capture_output=True)
    if here.returncode == 0:
        return
    # In run level 1 Debian's packages start nothing.
    install(*TOOLS, strict=True, RUNLEVEL="1")


def packages() -> Path:
    [found] = PROGRAMS.glob("lib/python3.*/site-packages")
    return found


def client(folder: Path) -> dict[str, str]:
    """The environment by which `docker` and `docker compose` speak to the daemon of that folder."""
    plugins = folder / "client" / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    compose = plugins / "docker-compose"
    if not compose.exists():
        compose.symlink_to(packages() / "compose" / "docker-compose")
    return {"DOCKER_CONFIG": str(folder / "client"), "DOCKER_HOST": f"unix://{folder}/docker.sock"}


@contextmanager
def daemon(folder: Path, *flags: str) -> Iterator[None]:
    """Runs while the block does, on the data that the one before left in that folder."""
    log = folder / "dockerd.log"
    command = [
        *("dockerd", "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
        *("--host", f"unix://{folder}/docker.sock", "--pidfile", str(folder / "dockerd.pid")),
        *("--storage-driver=overlay2", "--log-level=warn", *flags),
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(lambda: _answers(folder, process, log), "dockerd")
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            # Of containers that are left it waits for each; they end with this process space.
            process.kill()


def _answers(folder: Path, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    if process.poll() is not None:
        raise SystemExit(f"dockerd did not start:\n{log.read_text()[-2000:]}")
    asked = subprocess.run(
        ["docker", "version"],
        check=False,
        env={**os.environ, **client(folder)},
        capture_output=True,
    )
    return asked.returncode == 0
