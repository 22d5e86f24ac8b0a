"""Makes a virtual environment of a lock: `python3 -I partnerportal/local/environment.py LOCK`.

Runs before anything is installed, so it imports the standard library alone.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# The scanner's packages clash with the portal's; programs of images are nobody's packages.
PLACES = {
    "requirements-scan.lock": ".venv-scan",
    "requirements-containers.lock": ".venv-containers",
}
# The development lock is the runtime lock and more, at the same versions, says test_locks.
SATISFIES = {
    "requirements.lock": ["requirements.lock"],
    "requirements-dev.lock": ["requirements.lock", "requirements-dev.lock"],
    "requirements-scan.lock": ["requirements-scan.lock"],
    "requirements-containers.lock": ["requirements-containers.lock"],
}


def main(lock: str) -> None:
    # Two commands may start in a fresh clone at once: the second waits for the first.
    fcntl.flock(os.open(BASE_DIR, os.O_RDONLY), fcntl.LOCK_EX)
    venv = BASE_DIR / PLACES.get(lock, ".venv")
    if line_of(lock) in installed(venv):
        return
    print(f"Installing {lock} into {venv.name}", flush=True)
    uv = working_uv()
    if not works(venv):
        make_venv(uv, venv)
    install(uv or own_uv(venv), lock, venv)
    stamp(venv).write_text("".join(f"{line_of(name)}\n" for name in SATISFIES[lock]))


def line_of(lock: str) -> str:
    """Names the lock's content and the checkout's place: a moved .venv is installed anew."""
    content = (BASE_DIR / lock).read_bytes() + str(BASE_DIR).encode()
    return f"{hashlib.sha256(content).hexdigest()} {lock}"


def installed(venv: Path) -> list[str]:
    return stamp(venv).read_text().splitlines() if stamp(venv).exists() and works(venv) else []


def stamp(venv: Path) -> Path:
    return venv / "installed-locks"


def python(venv: Path) -> Path:
    return venv / "bin" / "python"


def works(venv: Path) -> bool:
    if not python(venv).exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python(venv), "-c", check], check=False).returncode == 0


def working_uv() -> str | None:
    """A shim on the PATH may lead nowhere, so it is asked."""
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], check=False, capture_output=True).returncode == 0:
        return uv
    return None


def make_venv(uv: str | None, venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)])
        return
    # This Python's own pip serves the new one too, whose copy would take seconds to unpack.
    options = ["--without-pip"] if has_pip() else []
    command = [sys.executable, "-m", "venv", *options, str(venv)]
    made = subprocess.run(command, check=False, capture_output=True)
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        sys.exit("This Python cannot make a virtual environment: install python3-venv, or uv.")


def has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def own_uv(venv: Path) -> str:
    """The environment's own uv: it installs with every core, in a tenth of pip's time."""
    uv = venv / "bin" / "uv"
    if not uv.exists():
        path = str(python(venv))
        pip = [sys.executable, "-m", "pip", "--python", path] if has_pip() else [path, "-m", "pip"]
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        run([*pip, "install", *options, "-r", str(BASE_DIR / "requirements-uv.lock")])
    return str(uv)


def install(uv: str, lock: str, venv: Path) -> None:
    # Compiled now by all cores, rather than by the first process that imports a module.
    tool = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python(venv))]
    run([*tool, "--require-hashes", "-r", str(BASE_DIR / lock)])


def run(command: list[str]) -> None:
    if subprocess.run(command, cwd=BASE_DIR, check=False).returncode:
        sys.exit("Installing failed, see above. Nothing else was started.")


if __name__ == "__main__":
    main(sys.argv[1])
