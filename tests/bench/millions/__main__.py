"""Ten million users beside one million, in one PostgreSQL and one sitting.

    python -m tests.bench.millions --folder /some/where [sizes largest dump]

A portal ten times as large may take half as long again for the same work. Fills both databases
at the first run, which takes half an hour and 40 GB for ten million, and keeps them in the folder:
delete it afterwards. Each run changes them (an upload, users deleted and purged), so that the next
one finds a little more. Prints one JSON object a line, then all as a table.
"""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.millions.pairs import Pair, table
from tests.bench.stage import ENVIRONMENT

# All last names are among so many.
LEAST_ALIKE = 150
# More than have short passwords, which are hashed slowly.
FEWEST = 510
PARTS = (
    "sizes",
    "alike",
    "largest",
    "others",
    "anybody",
    "uploads",
    "returns",
    "night",
    "rules",
    "dump",
)


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    # Whoever is ended in order ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        _set_up(Path(folder), asked.folder)
        pairs = []
        for pair in _measure(asked):
            pairs.append(pair)
            print(pair.as_json(), flush=True)
    print(f"\n{table(pairs, f'{asked.beside:,}', f'{asked.users:,}')}")
    return 0


def _set_up(folder: Path, server: Path) -> None:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["DATA_DIR"] = str(folder)
    # Nothing is queued while a portal is filled.
    os.environ["REDIS_URL"] = f"unix://{folder}/nobody.sock"
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={server}/run"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.portal.settings"
    import django

    django.setup()


def _measure(asked: argparse.Namespace) -> Iterator[Pair]:
    from tests.bench.millions import reads, whole, writes
    from tests.bench.millions.filling import Portal
    from tests.bench.millions.server import address, fill_missing, server
    from tests.bench.millions.side import side

    alike = max(LEAST_ALIKE, asked.beside // 50)
    number = max(FEWEST, asked.beside // 10)
    portals = Portal(asked.beside, alike), Portal(asked.users, alike)
    fill_missing(asked.folder, asked.memory, portals)
    with contextlib.ExitStack() as stack:
        own = stack.enter_context(server(asked.folder, asked.memory))
        sides = (
            stack.enter_context(side(portals[0], address(own, portals[0]))),
            stack.enter_context(side(portals[1], address(own, portals[1]))),
        )
        parts: dict[str, Callable[[], Iterator[Pair]]] = {
            "sizes": lambda: whole.measure_sizes(sides),
            "alike": lambda: reads.measure_alike(sides, asked.rounds),
            "largest": lambda: reads.measure_largest(sides, asked.rounds),
            "others": lambda: reads.measure_others(sides, asked.rounds),
            "anybody": lambda: reads.measure_anybody(sides, asked.rounds),
            "uploads": lambda: writes.measure_uploads(sides, number),
            "returns": lambda: writes.measure_returns(sides, asked.rounds, number // 10),
            "night": lambda: writes.measure_night(sides, number // 10),
            "rules": lambda: whole.measure_rules(sides),
            "dump": lambda: whole.measure_dump(sides, own),
        }
        for name in asked.parts or PARTS:
            started = time.monotonic()
            yield from parts[name]()
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench.millions", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="NAME", help=", ".join(PARTS)
    )
    parser.add_argument("--users", type=int, default=10_000_000, help="in the larger portal")
    parser.add_argument("--beside", type=int, default=1_000_000, help="in the smaller one")
    parser.add_argument("--rounds", type=int, default=3, help="of which the quickest counts")
    parser.add_argument("--folder", type=Path, required=True, help="for PostgreSQL and its data")
    parser.add_argument("--memory", default="3GB", help="PostgreSQL's shared_buffers")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
