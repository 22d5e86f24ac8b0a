"""`make screenshots`: every page of tests/support/pages.py on demo data, into screenshots/.

Collected only when it is named. ONLY=user-list takes just the pages whose names contain that.
Without it the story of Team Chat (tests/demo) leaves its picture there as well, of the README.
"""

import os
import shutil
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from accounts.models import User
from tests.support.browser import NewPage
from tests.support.house import BASE_DIR
from tests.support.page_of import PageOf
from tests.support.pages import pages

FOLDER = BASE_DIR / "screenshots"
os.environ["STORY"] = str(FOLDER / "team-chat.png")
WIDTHS = {1440: 900, 390: 844}
SCHEMES = ("light", "dark")


@pytest.fixture
def wanted(transactional_db: None) -> list[PageOf]:
    call_command("demo", verbosity=0)
    only = os.environ.get("ONLY", "")
    return [page for page in pages() if only in page.slug]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_screenshots(
    wanted: list[PageOf],
    width: int,
    scheme: str,
    new_page: NewPage,
    page_as: Callable[..., Page],
    console: list[str],
) -> None:
    folder = FOLDER / f"{width}-{scheme}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    look = {
        "viewport": {"width": width, "height": WIDTHS[width]},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    tabs: dict[str, Page] = {}
    for page in wanted:
        if page.who not in tabs:
            user = User.objects.filter(username=page.who).first()
            tabs[page.who] = page_as(user, **look) if user else new_page(**look)
        tabs[page.who].goto(page.url)
        tabs[page.who].screenshot(path=folder / f"{page.slug}.png", full_page=True)
    # Whether pages are silent is for tests/flows to say: here the error pages are wanted.
    console.clear()
    assert len(list(folder.iterdir())) == len({page.slug for page in wanted})
