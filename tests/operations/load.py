"""Measures for docs/operations.md: `python -m tests.operations.load` (SECONDS, 10).

Memory of each process, and pages a second of two web processes on the demo's data, with the
database, the clients and everything else on the same machine.
"""

import os
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.deploy.containers import Container
from tests.operations.visitors import Visitor
from tests.patience import wait_for
from tests.support.postgres import Postgres, with_database
from tests.support.servers import Valkey, manage

CLIENTS = 8
PAGES = ("/customers/", "/customers/1/users/")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with tempfile.TemporaryDirectory(prefix="portal-load-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = Postgres(folder / "pg", durable=True).start()
        valkey = Valkey(folder / "valkey.sock").start()
        try:
            _measure(folder, postgres, valkey)
        finally:
            valkey.stop()
            postgres.stop()


def _measure(folder: Path, postgres: Postgres, valkey: Valkey) -> None:
    manage("migrate", "--verbosity=0", DATABASE_URL=postgres.url, REDIS_URL=valkey.url)
    manage("demo", DATABASE_URL=postgres.url, REDIS_URL=valkey.url)
    database = with_database(postgres.url, "postgres")
    made = [
        Container(service, folder, database=database, broker=valkey.url, processes=2)
        for service in ("web", "worker", "beat")
    ]
    try:
        made[0].run("collectstatic", "--no-input")
        for each in made:
            each.start()
        for each in made:
            wait_for(each.is_well, each.service)
        for page in PAGES:
            _load(made[0], page)
        for each in made:
            print(f"memory of {each.service}: {_memory(each):.0f} MB in all processes", flush=True)
    finally:
        for each in made:
            each.kill()


def _load(web: Container, page: str) -> None:
    visitor = Visitor(web, "alice@fabrikam.example")
    seconds = float(os.environ.get("SECONDS", "10"))
    end = time.monotonic() + seconds
    statuses: Counter[int] = Counter()
    times: list[float] = []

    def visit() -> None:
        while (began := time.monotonic()) < end:
            statuses[visitor.get(page).status] += 1
            times.append(time.monotonic() - began)

    before = _processor(web)
    threads = [threading.Thread(target=visit) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = (_processor(web) - before) / len(times)
    times.sort()
    print(
        f"{page}: {spent * 1000:.0f} ms of a core each,"
        f" {len(times) / seconds:.0f} a second, half in"
        f" {times[len(times) // 2] * 1000:.0f} ms, 95 % in"
        f" {times[len(times) * 95 // 100] * 1000:.0f} ms, {dict(statuses)}",
        flush=True,
    )


def _memory(container: Container) -> float:
    """Megabytes of all its processes; what they share is counted once."""
    kilobytes = 0
    for pid in container.processes():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _processor(container: Container) -> float:
    """Seconds that all its processes have worked: other load on the machine changes little."""
    ticks = 0
    for pid in container.processes():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
