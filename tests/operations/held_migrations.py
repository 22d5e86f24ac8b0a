"""Migrations stay as someone may have applied them: `python -m tests.operations.held_migrations`.

It writes down those that are new. With --all it writes all of them down anew, for a release that
makes them anew, whose databases begin empty.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.house import APPS, BASE_DIR

FILE = Path(__file__).with_name("migrations.sha256")
COMMAND = "python -m tests.operations.held_migrations"


def found() -> dict[str, str]:
    """Digests by path, of all that are there."""
    paths = [path for app in APPS for path in (BASE_DIR / app / "migrations").glob("[0-9]*.py")]
    return {
        str(path.relative_to(BASE_DIR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
    }


def written() -> dict[str, str]:
    lines = (line.split() for line in FILE.read_text().splitlines())
    return {path: digest for digest, path in lines}


def problems(held: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    told = []
    for path, digest in held.items():
        if there.get(path) != digest:
            what = "was changed" if path in there else "is gone"
            told.append(
                f"{path} {what}, and may have been applied: put it back, and add a new migration."
                f" (For one that nobody has applied, and for a release that makes all anew:"
                f" {COMMAND} --all)"
            )
    told += [f"{path} is new: hold it by {COMMAND}" for path in there if path not in held]
    return told


def main(*arguments: str) -> None:
    held = found() | ({} if "--all" in arguments else written())
    FILE.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(held.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
