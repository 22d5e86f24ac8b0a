"""What a browser loads for each page at its first visit, from gunicorn as in production."""

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Response, sync_playwright

from accounts.models import User
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.stage import Stage
from tests.bench.visitor import Visitor
from tests.patience import wait_for
from tests.support.chromium import ensure_chromium
from tests.support.page_of import PageOf
from tests.support.pages import pages
from tests.support.postgres import application_url
from tests.support.servers import free_port, manage

SHOWN = ("account_login", "customers-customer-list", "accounts-user-list")


@dataclass(frozen=True, slots=True)
class Weight:
    page: PageOf
    kilobytes: float
    foreign: frozenset[str]


def measure(stage: Stage) -> Iterator[Figure]:
    with stage.databases.empty() as url, tempfile.TemporaryDirectory() as folder:
        call_command("demo", verbosity=0)
        wanted = pages()
        sessions = {who: session_of(who) for who in {page.who for page in wanted} - {""}}
        with served(url, Path(folder)) as address, sync_playwright() as playwright:
            options = ["--no-sandbox", "--disable-dev-shm-usage"]
            browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=options)
            weights = [_weigh(browser, address, page, sessions) for page in wanted]
            browser.close()
    yield from _figures(weights)


def _figures(weights: list[Weight]) -> Iterator[Figure]:
    admin = [one for one in weights if one.page.name.startswith("admin:")]
    for what, some in (
        ("", [one for one in weights if one not in admin]),
        (" of the admin", admin),
    ):
        heaviest = max(some, key=lambda one: one.kilobytes)
        name = f"weight of the heaviest page{what} ({heaviest.page.slug}), of {len(some)}"
        yield at_most(120, name, heaviest.kilobytes, "kB")
    for one in weights:
        if one.page.slug in SHOWN:
            yield yardstick(f"weight of {one.page.slug}", one.kilobytes, "kB")
    foreign = frozenset[str]().union(*(one.foreign for one in weights))
    yield at_most(0, "other hosts that pages load from", len(foreign), "hosts")


def session_of(who: str) -> str:
    return Visitor(User.objects.get(username=who)).session


def _weigh(browser: Browser, address: str, page: PageOf, sessions: dict[str, str]) -> Weight:
    """With an empty cache; a page may answer 403 or 404 on purpose, but not fail."""
    context = browser.new_context(base_url=address)
    if page.who:
        name, value = settings.SESSION_COOKIE_NAME, sessions[page.who]
        context.add_cookies([{"name": name, "value": value, "url": address}])
    responses: list[Response] = []
    asked: list[str] = []
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    # Playwright marks a handler with an attribute, which a built-in method does not take.
    tab.on("response", lambda response: responses.append(response))  # noqa: PLW0108
    tab.goto(page.url, wait_until="networkidle")
    if responses[0].status >= 500 or urlsplit(tab.url).path != urlsplit(page.url).path:
        raise RuntimeError(f"{page.url} answers {responses[0].status} and leads to {tab.url}.")
    sizes = [response.request.sizes() for response in responses]
    loaded = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    hosts = frozenset(urlsplit(url).netloc for url in asked if not url.startswith("data:"))
    context.close()
    return Weight(page, loaded / 1000, hosts - {urlsplit(address).netloc})


@contextmanager
def served(url: str, folder: Path) -> Iterator[str]:
    environment = {
        "DATABASE_URL": application_url(url),
        "DJANGO_SETTINGS_MODULE": "partnerportal.settings",
        "STATIC_ROOT": str(folder / "static"),
    }
    manage("collectstatic", "--no-input", "--verbosity=0", **environment)
    port = free_port()
    options = [f"--bind=127.0.0.1:{port}", "--threads=4", "--no-control-socket"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "--log-level=warning", "partnerportal.wsgi"],
        env={**os.environ, **environment},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(address), "gunicorn")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
