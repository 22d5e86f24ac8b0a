"""`make bench`: the portal's figures, against yardsticks that are timed in the same run.

    make bench ARGS="users customers --scale 0.1"

Prints one JSON object a line, then all as a table. The status is 0 when everything could be
measured, whether or not it met its goal.
"""

import argparse
import importlib
import sys
import time

from tests.bench.figures import Figure, table
from tests.bench.stage import stage

PARTS = ("licenses", "returns", "seats", "purge")


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    figures: list[Figure] = []
    with stage(asked.scale, asked.rounds) as given:
        for name in asked.parts or PARTS:
            started = time.monotonic()
            part = importlib.import_module(f"tests.bench.{name}")
            for figure in part.measure(given):
                figures.append(figure)
                print(figure.as_json(), flush=True)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{table(figures)}")
    return 0


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
