"""Names that the command line prints, and the file that it keeps."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from tests.support.house import BASE_DIR

LIST = """
from portal_cli.main import shown
shown([{"name": "Uma [/b] [red]x"}], [("Name", "name")], as_json=False)
"""
KEEP = """
import json, os
from portal_cli import settings
real = json.dump
def dump(told, kept):
    print(oct(os.stat(settings.place()).st_mode & 0o777))
    real(told, kept)
json.dump = dump
settings.save(settings.Settings("https://portal.example", "pp_x"))
"""


def run(program: str, **env: str) -> str:
    known = {**os.environ, "PYTHONPATH": str(BASE_DIR / "cli"), "TERM": "dumb", **env}
    return subprocess.run(
        [sys.executable, "-c", program], env=known, capture_output=True, text=True, check=True
    ).stdout


def test_a_name_with_brackets_is_no_markup() -> None:
    assert "Uma [/b] [red]x" in run(LIST)


def test_the_token_is_never_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "partner-portal" / "login.json"
    file.parent.mkdir()
    file.write_text("{}")
    file.chmod(0o644)
    assert run(KEEP, XDG_CONFIG_HOME=str(tmp_path)).strip() == "0o600"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
