"""`make containers`: Dockerfile, compose file and all of deploy, really built and really started.

On Debian, as root, in a network and with a Docker of its own, by images made of packages and wheels
(images.py). With DOCKER=on: by the Docker that is here and the images that it fetches. The last
line says what passed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.containers.machine import APART, install_tools
from tests.support.house import BASE_DIR

UNITS = sorted((BASE_DIR / "deploy" / "systemd").glob("*.service"))
PLACE = "/srv/portal"


def main() -> int:
    own = not os.environ.get("DOCKER")
    began = time.monotonic()
    if own:
        install_tools()
        print(f"{'tools':<44}{time.monotonic() - began:6.1f} s", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="portal-containers-"))
    try:
        passed = [*(_units(folder) if own else []), *_containers(folder, own=own)]
    except subprocess.CalledProcessError:
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"\nPassed in {minutes} min {seconds} s, {len(passed)} of {len(passed)}: ", end="")
    print(f"{', '.join(passed)}.")
    return 0


def _containers(folder: Path, *, own: bool) -> list[str]:
    here = [sys.executable, "-m"]
    if own:
        _run([*APART, *here, "tests.containers.build", str(folder)])
        _run([*APART, "--net", *here, "tests.containers.story", str(folder)])
    else:
        _run([*here, "tests.containers.story", str(folder)])
    return ["images", *(folder / "passed").read_text().splitlines()]


def _units(folder: Path) -> list[str]:
    """systemd reads the units, in which this checkout stands for the place of a real one."""
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text().replace(PLACE, str(BASE_DIR)))
    _run(["systemd-analyze", "verify", *(str(folder / unit.name) for unit in UNITS)])
    return ["units"]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd=BASE_DIR)


if __name__ == "__main__":
    sys.exit(main())
