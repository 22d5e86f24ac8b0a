"""`make test`: every test on PostgreSQL, then on SQLite what does not need PostgreSQL or Chromium.

Arguments go to pytest. The last lines sum up both passes and name the seed: tests run in an order
that is drawn anew each time, and `--randomly-seed=NUMBER` draws the same one again, for all tests
or for those that are chosen besides. Which process takes which test, the machine decides.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from tests.api.clients.programs import with_clients
from tests.applications.clients.apache import ensure_apache
from tests.applications.clients.npm import CLIENTS, with_packages
from tests.support.chromium import ensure_chromium
from tests.support.nu import ensure_java
from tests.support.office import ensure_office
from tests.support.pooler import ensure_pgbouncer
from tests.support.postgres import Postgres, checkout_folder, migrated_template

# All tests take every core, and one more while others wait for a page or a server; chosen ones run
# in one process, where a debugger can follow.
SIDE_BY_SIDE = [f"--numprocesses={min(os.cpu_count() or 1, 4) + 1}", "--dist=worksteal"]
WHOLE = [*SIDE_BY_SIDE, "--quiet"]
SEED = "--randomly-seed="
NO_TESTS = 5  # pytest's exit status when the arguments choose none


def main(arguments: list[str]) -> int:
    os.environ["CHROMIUM"] = ensure_chromium()
    os.environ["SOFFICE"] = ensure_office()
    os.environ["PGBOUNCER"] = ensure_pgbouncer()
    ensure_apache()
    ensure_java()
    seed, chosen = seed_and_rest(arguments)
    if not chosen:
        os.environ["TEST_WHOLE"] = "1"
        # Meanwhile: a test that comes to them before they are there waits.
        Thread(target=with_packages, args=[CLIENTS]).start()
        Thread(target=with_clients).start()
        Thread(target=make_template).start()
    print(f"Tests run in the order of seed {seed}.", flush=True)
    order = f"{SEED}{seed}"
    started = time.monotonic()
    passes = {"PostgreSQL": os.environ.get("DATABASE_URL", ""), "SQLite": "sqlite://"}
    if passes["PostgreSQL"].startswith("sqlite"):
        del passes["PostgreSQL"]
    results = {name: run_pytest(url, [*(chosen or WHOLE), order]) for name, url in passes.items()}
    Postgres(checkout_folder()).remove()
    total = sum((counts for _, counts in results.values()), Counter[str]())
    each = "; ".join(f"{name}: {in_words(counts)}" for name, (_, counts) in results.items())
    closing = f" {in_words(total)} in {time.monotonic() - started:.2f}s ({each}) "
    print(f"\n{closing:=^100}")
    print(f'In the same order again: make test ARGS="{shlex.join([*chosen, order])}"')
    statuses = {status for status, _ in results.values()}
    if statuses == {NO_TESTS}:
        return NO_TESTS
    return max(statuses - {NO_TESTS}, key=abs)


def make_template() -> None:
    """While the tests are still being collected, which takes as long."""
    if given := os.environ.get("DATABASE_URL", ""):
        if not given.startswith("sqlite"):
            migrated_template(given)
        return
    server = Postgres(checkout_folder()).start()
    try:
        migrated_template(server.url)
    finally:
        server.stop()


def seed_and_rest(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """The seed that is asked for, or a new one, and the other arguments."""
    given = [each for each in arguments if each.startswith(SEED)]
    seed = int(given[-1].removeprefix(SEED)) if given else random.getrandbits(32)
    return seed, [each for each in arguments if each not in given]


def run_pytest(database_url: str, arguments: list[str]) -> tuple[int, Counter[str]]:
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        environment = {**os.environ, "TEST_SUMMARY": str(summary)}
        # Hundreds of processes start: what one has compiled serves the others.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "pytest", *arguments]
        status = subprocess.run(command, check=False, env=environment).returncode
        counts = json.loads(summary.read_text()) if summary.exists() else {}
        return status, Counter(counts)


def in_words(counts: Counter[str]) -> str:
    order = ["failed", "error", "passed", "skipped", "deselected", "xfailed", "xpassed"]
    said = [f"{counts[kind]} {kind}" for kind in order if counts[kind]]
    return ", ".join(said) or "no tests ran"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
