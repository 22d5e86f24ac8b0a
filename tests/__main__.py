"""`make test`: every test on PostgreSQL, then on SQLite what does not need PostgreSQL or Chromium.

Arguments go to pytest. The last line sums up both passes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.chromium import ensure_chromium
from tests.support.office import ensure_office
from tests.support.pooler import ensure_pgbouncer
from tests.support.postgres import Postgres, checkout_folder

# All tests take every core, and one more while others wait for a page or a server; chosen ones run
# in one process, where a debugger can follow.
WHOLE = [f"--numprocesses={min(os.cpu_count() or 1, 4) + 1}", "--dist=worksteal", "--quiet"]
NO_TESTS = 5  # pytest's exit status when the arguments choose none


def main(arguments: list[str]) -> int:
    os.environ["CHROMIUM"] = ensure_chromium()
    os.environ["SOFFICE"] = ensure_office()
    os.environ["PGBOUNCER"] = ensure_pgbouncer()
    started = time.monotonic()
    passes = {"PostgreSQL": os.environ.get("DATABASE_URL", ""), "SQLite": "sqlite://"}
    if passes["PostgreSQL"].startswith("sqlite"):
        del passes["PostgreSQL"]
    results = {name: run_pytest(url, arguments) for name, url in passes.items()}
    Postgres(checkout_folder()).remove()
    total = sum((counts for _, counts in results.values()), Counter[str]())
    each = "; ".join(f"{name}: {in_words(counts)}" for name, (_, counts) in results.items())
    closing = f" {in_words(total)} in {time.monotonic() - started:.2f}s ({each}) "
    print(f"\n{closing:=^100}")
    statuses = {status for status, _ in results.values()}
    if statuses == {NO_TESTS}:
        return NO_TESTS
    return max(statuses - {NO_TESTS}, key=abs)


def run_pytest(database_url: str, arguments: list[str]) -> tuple[int, Counter[str]]:
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        environment = {**os.environ, "TEST_SUMMARY": str(summary)}
        # Hundreds of processes start: what one has compiled serves the others.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "pytest", *(arguments or WHOLE)]
        status = subprocess.run(command, check=False, env=environment).returncode
        counts = json.loads(summary.read_text()) if summary.exists() else {}
        return status, Counter(counts)


def in_words(counts: Counter[str]) -> str:
    order = ["failed", "error", "passed", "skipped", "deselected", "xfailed", "xpassed"]
    said = [f"{counts[kind]} {kind}" for kind in order if counts[kind]]
    return ", ".join(said) or "no tests ran"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
