"""`make check`: all that can be said without running a test. Every step runs, whatever fails."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.operations.processes import PRODUCTION
from tests.support.house import BASE_DIR, OUR_PACKAGES, templates

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]


def steps() -> dict[str, list[str]]:
    return {
        "types": [tool("mypy")],
        "format": [tool("ruff"), "format", "--check", "--quiet", "."],
        "lint": [tool("ruff"), "check", "--quiet", "."],
        "templates": [tool("djade"), "--check", "--target-version", "5.2", *map(str, templates())],
        "compose": [
            tool("check-jsonschema"),
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
            "deploy/monitoring.yml",
        ],
        "image": [tool("hadolint"), "Dockerfile"],
        "security": [tool("bandit"), "-q", "-c", "pyproject.toml", "-r", *OUR_PACKAGES],
        "counts": [sys.executable, "-m", "tests.counts"],
        "words": pytest("tests/rules/test_words.py", "tests/rules/test_messages.py"),
        "mirror": pytest("tests/test_counts.py", "-k", "tests_of_their_own"),
        "locks": pytest("tests/rules/test_locks.py"),
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    }


def tool(name: str) -> str:
    return str(BIN / name)


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "--quiet", *arguments]


def run(name: str, command: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "DATA_DIR": data}
        if name == "deployment":
            environment |= PRODUCTION
        started = time.monotonic()
        done = subprocess.run(
            command, check=False, cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
    verdict = "failed" if done.returncode else "ok"
    tells = done.returncode or name == "counts"
    said = f"\n{done.stdout}{done.stderr}".rstrip() if tells else ""
    print(f"{name:<12}{verdict:<8}{time.monotonic() - started:5.1f} s{said}", flush=True)
    return done.returncode == 0


def main() -> int:
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(run, steps().keys(), steps().values()))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
