"""What the Makefile installs before it starts anything: once, again where it must, never twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import BASE_DIR, inherited

pytestmark = pytest.mark.once

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
INSTALLING = "Installing requirements.lock into .venv\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose locks name no package, so that no registry is asked."""
    folder = tmp_path / "check out"
    folder.mkdir()
    shutil.copy(BASE_DIR / "Makefile", folder)
    for lock in LOCKS:
        (folder / lock).touch()
    return folder


def start(checkout: Path, target: str, **variables: str) -> "subprocess.Popen[str]":
    """`make` with a uv on the PATH; what is started when all is installed does nothing."""
    hidden = {"MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV"}
    environment = {name: value for name, value in inherited().items() if name not in hidden}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {"PYTHON": sys.executable, "VENV": "echo started", **variables}
    return subprocess.Popen(
        ["make", target, *(f"{name}={value}" for name, value in given.items())],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def make(checkout: Path, target: str = "run") -> str:
    command = start(checkout, target)
    output, errors = command.communicate()
    assert command.returncode == 0, errors
    return output


def test_the_first_start_installs_and_the_next_does_not(checkout: Path) -> None:
    started = "started -m partnerportal.local.supervisor\n"
    assert make(checkout) == INSTALLING + started
    assert (checkout / ".venv/bin/python").exists()
    assert make(checkout) == started


def test_another_lock_is_installed(checkout: Path) -> None:
    make(checkout)
    later = (checkout / ".venv/requirements.lock").stat().st_mtime + 1
    os.utime(checkout / "requirements.lock", (later, later))
    assert make(checkout).startswith(INSTALLING)


def test_what_tests_need_has_all_that_a_start_needs(checkout: Path) -> None:
    assert make(checkout, "test").startswith("Installing requirements-dev.lock into .venv\n")
    assert "Installing" not in make(checkout)


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    make(checkout)
    python = checkout / ".venv/bin/python"
    python.unlink()
    python.symlink_to(checkout / "gone")
    assert make(checkout).startswith(INSTALLING)
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_of_two_starts_at_once_one_installs(checkout: Path) -> None:
    starts = [start(checkout, "run") for _start in range(2)]
    told = [each.communicate()[0] for each in starts]
    assert [each.returncode for each in starts] == [0, 0]
    assert "".join(told).count(INSTALLING) == 1


def test_what_can_t_be_installed_stops_the_start(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("no-hash==1\n")
    command = start(checkout, "run")
    output, errors = command.communicate()
    assert command.returncode != 0
    assert output == INSTALLING
    assert "Installing failed, see above. Nothing else was started." in errors


def test_an_old_python_is_told_in_a_sentence(checkout: Path, tmp_path: Path) -> None:
    """It answers that it is one, as Python does to the question of the Makefile."""
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o700)
    command = start(checkout, "run", PYTHON=str(old))
    output, errors = command.communicate()
    assert command.returncode != 0
    assert output == ""
    assert errors.startswith(f"Python 3.11 or newer is needed, and {old} is not: PYTHON=python3.11")
