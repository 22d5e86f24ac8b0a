"""Programs that others wrote, as clients of the portal (requirements-clients.in).

They have an environment of their own: none of them goes into the portal's.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

from tests.support.house import BASE_DIR

PLACE = BASE_DIR / ".venv-clients"
LOCK = "requirements-clients.lock"


def client_program(name: str) -> Path:
    """Return one of the programs. They are installed once, by the first process that asks."""
    with_clients()
    program = PLACE / "bin" / name
    if not program.exists():
        raise LookupError(f"{LOCK} brings no program {name}.")
    return program


def client_python() -> Path:
    """Return the Python that the packages are installed for."""
    return client_program("python")


def with_clients() -> None:
    """Install the packages of the lock, unless they are there; others wait for it."""
    wanted = (BASE_DIR / LOCK).read_bytes()
    if _installed() == wanted:
        return
    (BASE_DIR / "var").mkdir(exist_ok=True)
    with (BASE_DIR / "var" / ".clients").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if _installed() != wanted:
            make = ["make", "--silent", f"{PLACE.name}/{LOCK}"]
            subprocess.run(make, check=True, cwd=BASE_DIR, stdout=sys.stderr)


def _installed() -> bytes:
    stamp = PLACE / LOCK
    return stamp.read_bytes() if stamp.exists() else b""
