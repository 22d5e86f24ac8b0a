"""What is asked of apt, by a program of that name that writes it down."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.apt import can_install, install


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if os.getuid() != 0:
        pytest.skip("Only root installs.")
    written, program = tmp_path / "asked", tmp_path / "apt-get"
    lines = f'echo "$DEBIAN_FRONTEND $RUNLEVEL $*" >> {written}; test "$3" != "$FAILS"'
    program.write_text(f"#!/bin/sh\n{lines}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("RUNLEVEL", raising=False)
    return written


def test_packages_are_installed_in_quiet_after_a_look_at_what_there_is(
    asked: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install("one", "two", told="Installing both", RUNLEVEL="1")
    assert asked.read_text().splitlines() == [
        "noninteractive 1 --quiet --quiet update",
        "noninteractive 1 --quiet --quiet install --yes --no-install-recommends one two",
    ]
    assert capfd.readouterr().out == "Installing both\n"


def test_a_failure_is_left_to_who_looks_for_the_program_unless_it_is_strict(asked: Path) -> None:
    install("one", FAILS="update")
    assert len(asked.read_text().splitlines()) == 2
    with pytest.raises(subprocess.CalledProcessError):
        install("one", strict=True, FAILS="update")
    assert len(asked.read_text().splitlines()) == 3


def test_without_apt_nothing_is_done(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert not can_install()
    install("one", told="Installing one")
    assert not asked.exists()
