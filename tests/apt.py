"""Programs that tests need, as packages of Debian: installed where one is root there."""

import os
import shutil
import subprocess
import sys


def can_install() -> bool:
    return os.getuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str, told: str = "", strict: bool = False, **environment: str) -> None:
    """Install the packages, if one can; say before what is `told`.

    That it failed is seen by the program that is still not there; `strict` it is an error itself.
    """
    if not can_install():
        return
    if told:
        print(told, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", **environment}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        command = ["apt-get", "--quiet", "--quiet", *step]
        subprocess.run(command, check=strict, env=quiet, stdout=sys.stderr)
