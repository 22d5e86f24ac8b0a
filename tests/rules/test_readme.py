"""The README tells the truth about settings and commands."""

import ast
import re
from pathlib import Path

from tests.support.house import BASE_DIR, tree

README = (BASE_DIR / "README.md").read_text()
READERS = {"positive", "required", "get"}


def settings_read() -> set[str]:
    """Names that the portal asks the environment for."""
    found: set[str] = set()
    readers = ("settings", "local/embedded", "local/supervisor", "serving/gunicorn")
    for module in (f"{name}.py" for name in readers):
        for call in ast.walk(tree(Path("partnerportal") / module)):
            if isinstance(call, ast.Call) and _reads_environment(call.func):
                found |= {str(arg.value) for arg in call.args[:1] if isinstance(arg, ast.Constant)}
    script = (BASE_DIR / "deploy" / "start").read_text()
    return found | set(re.findall(r"\$\{(W[A-Z_]+):", script))


def _reads_environment(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in READERS
    return isinstance(function, ast.Attribute) and (
        ast.unparse(function.value) in {"env", "os.environ", "environment", "self.environment"}
    )


def test_the_table_names_each_setting_and_no_other() -> None:
    table = set(re.findall(r"^\| `([A-Z_0-9]+)` \|", README, re.MULTILINE))
    only_make = {"CHROMIUM", "DEMO_PASSWORD", "PGBOUNCER", "SOFFICE"}
    assert table - only_make == settings_read()


def test_every_command_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) == targets
