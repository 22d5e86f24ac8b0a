"""The bench of millions with thousands: each part of it still measures both portals."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.house import BASE_DIR

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.long]


def test_a_portal_of_thousands_is_measured_beside_one_of_half_as_many() -> None:
    with tempfile.TemporaryDirectory(prefix="portal-millions-") as name:
        # PostgreSQL runs as another account where the tests run as root.
        Path(name).chmod(0o711)
        sizes = ["--users=8000", "--beside=4000", "--rounds=2", "--memory=128MB"]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.millions", f"--folder={name}/pg", *sizes],
            check=False,
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    names = [(one["part"], one["name"]) for one in found]
    assert len(names) == len(set(names)) > 130
    partners = {"partner of the largest", "another partner"}
    parts = {"alike", "largest", "support", "anybody", "night", "disk", "whole"}
    assert {one["part"] for one in found} == parts | partners
    assert [one for one in found if one["small"] <= 0 or one["large"] <= 0] == []
