"""The bench at a thousandth of its size: it still measures, and counts of queries hold."""

import json
import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from tests.bench.__main__ import PARTS
from tests.support.house import BASE_DIR

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.long]

# These start a whole portal: `make run` has tests of its own, and so have the pages.
OWN_PORTAL = {"start", "weight", "lighthouse"}


@pytest.fixture(scope="module")
def figures(postgres: str, valkey: str) -> list[dict[str, Any]]:
    parts = [part for part in PARTS if part not in OWN_PORTAL]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--scale=0.001", "--rounds=1", *parts],
        check=False,
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": postgres, "REDIS_URL": valkey},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    found = [json.loads(line) for line in lines]
    table = done.stdout.removeprefix("\n".join(lines))
    assert [one["name"] for one in found if one["name"] not in table] == []
    return found


def test_each_figure_says_what_was_measured_and_whether_its_goal_is_met(
    figures: list[dict[str, Any]],
) -> None:
    names = [(one["name"], one["unit"]) for one in figures]
    assert len(names) == len(set(names)) > 40
    for one in figures:
        assert list(one) == ["name", "value", "unit", "goal", "met"]
        assert isinstance(one["value"], int | float)
        assert (one["goal"] is None) == (one["met"] is None)


def test_counts_meet_their_goals_at_any_size(figures: list[dict[str, Any]]) -> None:
    counts = {one["name"]: one for one in figures if one["unit"] in {"queries", "seats"}}
    assert len(counts) == 4
    assert [name for name, one in counts.items() if not one["met"]] == []


def test_the_bench_leaves_nothing_on_a_server_that_it_was_given(
    figures: list[dict[str, Any]], postgres: str
) -> None:
    with psycopg.connect(postgres) as server:
        query = "SELECT datname FROM pg_database WHERE datname LIKE 'bench!_%' ESCAPE '!'"
        assert server.execute(query).fetchall() == []
