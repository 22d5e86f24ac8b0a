"""`make torture`: what is marked torture or long, on PostgreSQL and then SQLite, with its counts.

What only tries many examples takes every core; then come the races and outages, one at a time.
TORTURE_SECONDS is how long each race goes on (20). Arguments go to pytest, for one run of all that
they choose; without any, the portal goes through `make containers` afterwards.
"""

import os
import sys

from tests.__main__ import SIDE_BY_SIDE, main
from tests.containers.__main__ import main as containers

SECONDS = "20"
LONG = ["--verbose", "-o", "faulthandler_timeout=0"]
# Counts are printed: at once, or by processes side by side in the end.
AT_ONCE = [*LONG, "-s"]
IN_THE_END = [*LONG, *SIDE_BY_SIDE, "-rP", "--show-capture=stdout"]


def torture(chosen: list[str]) -> int:
    """The exit status: of the first part that fails, while the others go on."""
    if chosen:
        return main([*AT_ONCE, "-m", "torture or long", *chosen])
    ended = [
        main([*IN_THE_END, "-m", "examples"]),
        main([*AT_ONCE, "-m", "(torture or long) and not examples"]),
        containers(),
    ]
    return next(filter(None, ended), 0)


if __name__ == "__main__":
    os.environ.setdefault("TORTURE_SECONDS", SECONDS)
    os.environ.setdefault("HYPOTHESIS_PROFILE", "torture")
    sys.exit(torture(sys.argv[1:]))
