"""Finds the Chromium that the browser tests drive, or installs it where that is possible."""

import os
import shutil
from pathlib import Path

from tests.apt import install

# Without a window of its own, it takes half the processor's time.
WINDOWLESS = "chromium-headless-shell"
NAMES = (WINDOWLESS, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise SystemExit(f"CHROMIUM names {named}, which is no program.")
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((path for path in ON_MACOS if Path(path).exists()), None)


def ensure_chromium() -> str:
    found = find_chromium()
    if found and (os.environ.get("CHROMIUM") or WINDOWLESS in found):
        return found
    install(WINDOWLESS, told="Installing Chromium for the browser tests")
    if not find_chromium():
        install("chromium")
    if found := find_chromium():
        return found
    raise SystemExit(
        "The browser tests need Chromium: install the package chromium, or name a program that "
        "is one: CHROMIUM=/path/to/chromium make test"
    )
