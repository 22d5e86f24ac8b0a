"""Somebody with a browser: Chromium, or where a page needs none of it, links and forms alone."""

import html
import re
from typing import Protocol
from urllib.parse import urljoin

import httpx2
from playwright.sync_api import Page, expect

from tests.patience import PATIENCE
from tests.support.cast import PASSWORD

UMA = "uma@contoso.example"


class Visitor(Protocol):
    # Every address that was gone to, redirects among them.
    visited: list[str]

    def go(self, address: str) -> None: ...

    def sees(self, title: str) -> None:
        """Fail unless the page has this title."""

    def text_of(self, element: str) -> str:
        """The text of the element with that id."""

    def sign_in(self) -> None:
        """Send the sign-in form, which is the page, as uma."""

    def sign_out(self) -> None:
        """Sign out of the portal, by its own page."""


class Reader:
    """Reads pages, follows redirects and keeps cookies."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        self.client = httpx2.Client(follow_redirects=True, timeout=PATIENCE)
        self.visited: list[str] = []

    def close(self) -> None:
        self.client.close()

    def go(self, address: str) -> None:
        self._show(self.client.get(address))

    def sees(self, title: str) -> None:
        assert self._find(r"<h1[^>]*>(.*?)</h1>") == title

    def text_of(self, element: str) -> str:
        return self._find(rf'id="{element}"[^>]*>(.*?)<')

    def sign_in(self) -> None:
        self.sees("Sign in")
        to = html.unescape(self._find(r'name="next" value="([^"]*)"'))
        self._send("/accounts/login/", {"login": UMA, "password": PASSWORD, "next": to})

    def sign_out(self) -> None:
        self.go(f"{self.portal}/accounts/logout/")
        self._send("/accounts/logout/", {})

    def _send(self, path: str, fields: dict[str, str]) -> None:
        token = self._find(r'name="csrfmiddlewaretoken" value="([^"]+)"')
        sent = {"csrfmiddlewaretoken": token, **fields}
        # Without a word of the page that it comes from: an application is then led to at once.
        self._show(self.client.post(urljoin(self.portal, path), data=sent))

    def _show(self, response: httpx2.Response) -> None:
        self.visited += [str(each.request.url) for each in (*response.history, response)]
        self.page = response.text

    def _find(self, pattern: str) -> str:
        found = re.search(pattern, self.page, re.DOTALL)
        assert found, self.page
        return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip()


class Browser:
    def __init__(self, portal: str, page: Page) -> None:
        self.portal, self.page = portal, page
        self.visited: list[str] = []
        page.on("request", lambda request: self.visited.append(request.url))

    def go(self, address: str) -> None:
        self.page.goto(address)

    def sees(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def text_of(self, element: str) -> str:
        return self.page.locator(f"#{element}").inner_text()

    def sign_in(self) -> None:
        self.sees("Sign in")
        self.page.get_by_label("User name").fill(UMA)
        self.page.get_by_label("Password").fill(PASSWORD)
        # A refusal has the same title, and what is done next must not come before it.
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.get_by_role("button", name="Sign in").click()

    def sign_out(self) -> None:
        self.go(f"{self.portal}/accounts/logout/")
        self.page.get_by_role("main").get_by_role("button", name="Sign out").click()
        self.sees("Sign in")
