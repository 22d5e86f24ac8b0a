"""The images of this checkout, made anew: `python -m tests.containers.build FOLDER`."""

import sys
import time
from pathlib import Path

from tests.containers.images import make_images
from tests.containers.machine import UNTOUCHED, daemon
from tests.containers.stack import Stack


def main(folder: Path) -> None:
    with daemon(folder, *UNTOUCHED):
        began = time.monotonic()
        make_images(folder)
        print(f"{'base images':<44}{time.monotonic() - began:6.1f} s", flush=True)
        began = time.monotonic()
        stack = Stack(folder)
        stack.compose("build", "--quiet")
        print(f"{'docker compose build':<44}{time.monotonic() - began:6.1f} s", flush=True)
        print(stack.docker("image", "ls", "--format={{.Repository}}:{{.Tag}} {{.Size}}").stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
