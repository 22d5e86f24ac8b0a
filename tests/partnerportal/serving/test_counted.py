"""The processes of one program count in one folder, which goes with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from partnerportal.serving.counted import FOLDER, count_together
from tests.operations.processes import bare
from tests.support.servers import BASE_DIR

COUNT = "from partnerportal.serving.counted import *; count_together(); import os; f = os.environ"


def run(code: str, **given: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"{COUNT}; {code}"],
        check=True,
        cwd=BASE_DIR,
        env=bare(**given),
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_the_folder_is_there_for_the_process_and_its_children_alone(tmp_path: Path) -> None:
    code = (
        "print(f[FOLDER], os.path.isdir(f[FOLDER]), flush=True);"
        " pid = os.fork(); pid or sys.exit(); os.waitpid(pid, 0); print(os.path.isdir(f[FOLDER]))"
    )
    # A child leaves the folder alone; the process takes it away.
    folder, *there = run(code, TMPDIR=str(tmp_path)).split()
    assert there == ["True", "True"]
    assert Path(folder).parent == tmp_path
    assert not Path(folder).exists()


def test_a_folder_that_was_named_is_left_alone(tmp_path: Path) -> None:
    assert run("print(f[FOLDER])", **{FOLDER: str(tmp_path)}) == str(tmp_path)
    assert tmp_path.exists()


def test_whoever_counts_already_counts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import prometheus_client

    assert prometheus_client.REGISTRY is not None
    monkeypatch.delenv(FOLDER, raising=False)
    count_together()
    assert FOLDER not in os.environ
