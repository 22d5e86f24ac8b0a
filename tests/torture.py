"""`make torture`: what is marked torture or long, on PostgreSQL and then SQLite, with its counts.

TORTURE_SECONDS is how long each race goes on (20); arguments go to pytest.
"""

import os
import sys

from tests.__main__ import main

SECONDS = "20"

if __name__ == "__main__":
    os.environ.setdefault("TORTURE_SECONDS", SECONDS)
    os.environ.setdefault("HYPOTHESIS_PROFILE", "torture")
    sys.exit(main(["-m", "torture or long", "-s", "-v", *sys.argv[1:]]))
