"""`make bench`: the portal's figures, against yardsticks that are timed in the same run.

    make bench ARGS="users customers --scale 0.1"

Prints one JSON object a line, then all as a table. The status is 0 when everything could be
measured, whether or not it met its goal.
"""

import argparse
import importlib
import sys
import time
import traceback

from tests.bench.figures import Figure, table
from tests.bench.stage import stage

PARTS = (
    "users",
    "finding",
    "customers",
    "licenses",
    "upload",
    "returns",
    "seats",
    "purge",
    "audit",
    "start",
    "weight",
    "lighthouse",
    "openid",
    "api",
    "logouts",
    "webhooks",
    "accounts",
    "sources",
    "rules",
)


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    figures: list[Figure] = []
    failed: list[str] = []
    with stage(asked.scale, asked.rounds) as given:
        for name in asked.parts or PARTS:
            started = time.monotonic()
            try:
                for figure in importlib.import_module(f"tests.bench.{name}").measure(given):
                    figures.append(figure)
                    print(figure.as_json(), flush=True)
            except Exception:  # noqa: BLE001 - what the other parts found must not be lost
                traceback.print_exc()
                failed.append(name)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{table(figures)}")
    if failed:
        print(f"Could not be measured, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("make bench", description="Measure the portal's figures.")
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="NAME", help=", ".join(PARTS)
    )
    parser.add_argument("--scale", type=float, default=1.0, help="shrinks every number of people")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
