"""`make check`: all that can be said without running a test. Every step runs, whatever fails."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.house import BASE_DIR, OUR_PACKAGES, templates

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# What `check --deploy` judges: the settings of a portal on a server, with a made-up name.
PRODUCTION = {
    "DATABASE_URL": "postgresql://portal@localhost/portal",
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "kX3v9-qT7bN2_wZ5rY8mC1pL4sD6fG0hJaEuIoVyBtRxKnMwQz",
    "AUDIT_KEYS": "one:b2tz-tests-only-tests-only-tests-only-tests-only",
    "CREDENTIALS_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "ALLOWED_HOSTS": "portal.example",
}


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
        ],
        "image": [tool("hadolint"), "Dockerfile"],
        "security": [tool("bandit"), "-q", "-c", "pyproject.toml", "-r", *OUR_PACKAGES],
        "locks": [sys.executable, "-m", "pytest", "--quiet", "tests/test_locks.py"],
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    }


def tool(name: str) -> str:
    return str(BIN / name)


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
    said = f"\n{done.stdout}{done.stderr}".rstrip() if done.returncode else ""
    print(f"{name:<12}{verdict:<8}{time.monotonic() - started:5.1f} s{said}", flush=True)
    return done.returncode == 0


def main() -> int:
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(run, steps().keys(), steps().values()))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
