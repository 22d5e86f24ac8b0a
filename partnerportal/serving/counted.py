"""The folder where the processes of one web server, or of one worker, count together.

Prometheus' client asks for the folder when it is imported, so this comes before it.
"""

import atexit
import os
import shutil
import sys
import tempfile

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def count_together() -> None:
    """Make a folder for this process and its children, unless one is named; it goes with this one.

    No other program joins: its counters, or those of a former start, would be counted again.
    """
    if os.environ.get(FOLDER) or "prometheus_client" in sys.modules:
        return
    folder = tempfile.mkdtemp(prefix="portal-metrics-")
    os.environ[FOLDER] = folder
    owner = os.getpid()

    @atexit.register
    def remove() -> None:
        # Not in a child, which inherits this.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)
