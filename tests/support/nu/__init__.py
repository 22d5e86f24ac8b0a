"""The verdict of the Nu HTML checker, which is a program in Java, on the text of pages."""

import json
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.applications.clients.npm import with_packages
from tests.apt import install

HERE = Path(__file__).resolve().parent
# Without the slow compiler, before which it ends; the schema wants a large stack.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")


def ensure_java() -> str:
    if found := shutil.which("java"):
        return found
    install("default-jre-headless", told="Installing Java for the tests of pages")
    if found := shutil.which("java"):
        return found
    raise SystemExit("The tests of pages need Java: install a JRE (default-jre-headless).")


def errors_in(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong in each of these pages, by the page's name; one start serves them all.

    Remarks that are no errors are left out.
    """
    checker = with_packages(HERE) / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    found = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, text) in enumerate(pages.items()):
            path = Path(folder) / f"{number}.html"
            path.write_text(text, encoding="utf-8")
            names[path.as_uri().replace("file:///", "file:/")] = name

        java = [ensure_java(), *QUICK, "-jar", str(checker)]
        command = [*java, "--format", "json", "--errors-only", "--exit-zero-always", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        for message in json.loads(done.stderr)["messages"]:
            name = names[message["url"]]
            found[name].append(f"{message['message']}: {message.get('extract', '')!r}")
    return dict(found)
