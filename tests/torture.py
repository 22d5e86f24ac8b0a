"""`make torture`: what is marked torture or long, on PostgreSQL and then SQLite, with its counts.

TORTURE_SECONDS is how long each race goes on (20); arguments go to pytest. Without any, the portal
goes through `make containers` afterwards.
"""

import os
import sys

from tests.__main__ import main
from tests.containers.__main__ import main as containers

SECONDS = "20"

if __name__ == "__main__":
    os.environ.setdefault("TORTURE_SECONDS", SECONDS)
    os.environ.setdefault("HYPOTHESIS_PROFILE", "torture")
    chosen = sys.argv[1:]
    status = main(["-m", "torture or long", "-s", "-v", "-o", "faulthandler_timeout=0", *chosen])
    sys.exit(status if chosen else containers() or status)
