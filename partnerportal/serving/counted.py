"""Where the processes of one web server, or of one worker, count together.

Prometheus' client asks for the folder when it is imported, so this comes before it.
"""

import atexit
import os
import shutil
import sys
import tempfile

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def count_together() -> None:
    """A folder for this process and its children, unless one was named; it goes with this process.

    Nobody joins: a counter of a former start, or of another program, would be counted again.
    """
    if os.environ.get(FOLDER) or "prometheus_client" in sys.modules:
        return
    folder = tempfile.mkdtemp(prefix="portal-metrics-")
    os.environ[FOLDER] = folder
    atexit.register(_remove, folder, os.getpid())


def _remove(folder: str, owner: int) -> None:
    """Not a child's to do, which inherits this."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
