"""Fixtures that drive a real browser against the live server.

`page` is a stranger's page, `page_as(user)` a signed-in one; `new_page` opens more, also with
another viewport or color scheme. A test fails when a page writes an error to the console; one
that visits an error page on purpose clears `console` afterwards.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.signin.second_steps import prove
from tests.patience import PATIENCE_MS
from tests.support.chromium import ensure_chromium

FAILURES = Path(__file__).resolve().parent.parent.parent / "var" / "test-failures"
failed = pytest.StashKey[bool]()


class NewPage(Protocol):
    def __call__(self, **context: Any) -> Page: ...


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a browser is marked so, and cannot forget it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, and Django would take the tests' queries for its.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=ensure_chromium(), args=arguments, timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


@pytest.fixture
def console() -> list[str]:
    """What pages wrote to the console as errors and warnings so far."""
    return []


@pytest.fixture
def new_page(
    browser: Browser, live_server: LiveServer, console: list[str], request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Opens a page in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def open_page(**context: Any) -> Page:
        contexts.append(browser.new_context(base_url=live_server.url, **context))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        page = contexts[-1].new_page()
        page.on("console", lambda message: _note_error(console, message))
        page.on("pageerror", lambda error: console.append(str(error)))
        return page

    yield open_page
    if failed in request.node.stash:
        _keep_pictures(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert console == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


@pytest.fixture
def page_as(new_page: NewPage, live_server: LiveServer) -> Callable[..., Page]:
    """Opens a page with that user signed in, without the detour over the sign-in page."""

    def open_page(user: User, **context: Any) -> Page:
        page = new_page(**context)
        client = Client()
        client.force_login(user)
        # Just now, for as long as a test may take.
        prove(client, user, ago=-3600)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        return page

    return open_page


def _note_error(console: list[str], message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        console.append(f"{message.text} ({message.location.get('url')})")


def _keep_pictures(test: str, contexts: list[BrowserContext]) -> None:
    FAILURES.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        name = "".join(letter if letter.isalnum() else "-" for letter in test)
        page.screenshot(path=FAILURES / f"{name}-{number}.png", full_page=True)
