"""Packages of npm for tests. They run on the Node that Playwright brings along."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import playwright

from tests.apt import install
from tests.support.house import BASE_DIR

NODE = Path(playwright.__file__).resolve().parent / "driver" / "node"
PLACE = BASE_DIR / "var" / "npm"
CLIENTS = Path(__file__).resolve().parent


def ensure_npm() -> str:
    if found := shutil.which("npm"):
        return found
    install("npm", told="Installing npm for the tests of single sign-on")
    if found := shutil.which("npm"):
        return found
    raise SystemExit("The tests of single sign-on need npm: install the package npm.")


def with_packages(source: Path) -> Path:
    """A folder with what is in that one, and with the packages of its lock.

    They are fetched once, by the first process that asks; others wait for it.
    """
    place = PLACE / source.name
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in source.iterdir():
            if path.suffix in {".json", ".mjs", ".html"}:
                shutil.copy(path, place)
        wanted, stamp = (place / "package-lock.json").read_bytes(), place / ".installed"
        if not stamp.exists() or stamp.read_bytes() != wanted:
            stamp.unlink(missing_ok=True)
            command = [ensure_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, check=True, cwd=place, stdout=sys.stderr)
            stamp.write_bytes(wanted)
    return place
