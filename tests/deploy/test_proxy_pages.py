"""Pages of the proxy, for what the portal can't say itself: it is away, or a file is too large."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from justhtml import JustHTML

from tests.support.forms import words
from tests.support.house import BASE_DIR

pytestmark = pytest.mark.once

PAGES = sorted((BASE_DIR / "deploy" / "pages").glob("*.html"))
CADDYFILE = (BASE_DIR / "deploy" / "Caddyfile").read_text()
# Addresses of the Caddyfile, and the folders of the checkout behind them.
FOLDERS = {"/proxy/static/": BASE_DIR / "static", "/proxy/": BASE_DIR / "deploy" / "pages"}


def file_of(address: str) -> Path:
    prefix = next(prefix for prefix in FOLDERS if address.startswith(prefix))
    return FOLDERS[prefix] / address.removeprefix(prefix)


def test_every_error_of_the_proxy_has_its_page() -> None:
    assert [page.name for page in PAGES] == ["413.html", "503.html"]
    assert set(re.findall(r"rewrite \* /(\S+)", CADDYFILE)) == {page.name for page in PAGES}
    assert "header Retry-After 30" in CADDYFILE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_keeps_to_its_policy(page: Path) -> None:
    """Nothing inline, nothing from elsewhere; all that it loads is there without the portal."""
    document: Any = JustHTML(page.read_text(), sanitize=False)
    for element in document.query("*"):
        assert not {"style", "srcset"} & element.attrs.keys()
        assert not [name for name in element.attrs if name.startswith("on")]
        assert element.name != "style"
        assert element.name != "script" or not element.to_text().strip()
        address = element.attrs.get("src") or element.attrs.get("href") or "/"
        assert address == "/" or file_of(address).is_file(), address


def test_the_proxy_says_the_same_as_the_portal_does() -> None:
    """The same outage, whoever is left to tell."""
    ours = words((BASE_DIR / "deploy" / "pages" / "503.html").read_text())
    assert ours == words(render_to_string("503.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_framed_as_the_portals_are(page: Path) -> None:
    frame = re.compile(r'<header class="topbar">.*?</a>', re.DOTALL)
    [ours] = frame.findall(page.read_text())
    [theirs] = frame.findall(render_to_string("503.html"))
    assert "".join(ours.split()) == "".join(theirs.split())
