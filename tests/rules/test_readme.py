"""README and docs tell the truth about settings, commands and files."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.house import BASE_DIR, tree

README = (BASE_DIR / "README.md").read_text()
SETTINGS = (BASE_DIR / "docs" / "settings.md").read_text()
PAGES = sorted(
    str(page.relative_to(BASE_DIR))
    for page in (*BASE_DIR.glob("*.md"), *BASE_DIR.glob("docs/*.md"))
)
READERS = {"positive", "span", "required", "get"}


def settings_read() -> set[str]:
    """Names that the portal asks the environment for."""
    found: set[str] = set()
    own = ("settings", "databases", "sign_on")
    readers = (*own, "local/embedded", "local/supervisor", "serving/gunicorn")
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


def table(page: str) -> list[str]:
    """The rows of settings, as they stand on a page."""
    return re.findall(r"^\| `[A-Z_0-9]+` \|.*$", page, re.MULTILINE)


def test_the_settings_are_all_named_once_and_no_other() -> None:
    named = [row.split("`")[1] for row in table(SETTINGS)]
    only_make = {"CHROMIUM", "DEMO_PASSWORD", "PGBOUNCER", "SOFFICE"}
    assert sorted(named) == sorted(settings_read() | only_make)


def test_the_readme_says_of_a_setting_what_the_page_of_all_says() -> None:
    assert len(table(README)) == 5
    assert set(table(README)) <= set(table(SETTINGS))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", (BASE_DIR / page).read_text(), re.MULTILINE))
    assert named <= targets
    if page == "README.md":
        assert named == targets


@pytest.mark.parametrize("page", PAGES)
def test_every_page_and_file_that_a_page_leads_to_is_there(page: str) -> None:
    folder = (BASE_DIR / page).parent
    links = re.findall(r"\]\((?![a-z]+:|#)([^)#]+)", (BASE_DIR / page).read_text())
    assert [link for link in links if not (folder / link).exists()] == []
