"""The story of a license, with a real application: it lets a user in, and its end throws them out.

`make screenshots` makes the README's picture of it.
"""

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from applications.tasks import follow_for_logouts
from tests.demo.team_chat.started import TeamChat
from tests.support.axe import inaccessible, too_wide
from tests.support.browser import NewPage
from tests.support.cast import Cast, make_cast
from tests.support.servers import MailServer, Worker

PageAs = Callable[..., Page]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TEMPORARY = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")
OWN = "seven wooden rivers"
PHONE = {"width": 390, "height": 600}
# How the pictures of a phone stand beside each other.
SIDE_BY_SIDE = """<body style="margin:0;padding:24px;display:flex;gap:24px;background:#e4e7ee">%s"""
ONE = """<img src="data:image/png;base64,%s" style="width:390px;border-radius:12px">"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def its_worker(
    team_chat: TeamChat,
    live_server: LiveServer,
    database_url: str,
    valkey: str,
    mail_server: MailServer,
    tmp_path: Path,
) -> Iterator[Worker]:
    """A worker that may connect to Team Chat, as `make run` starts it."""
    log = tmp_path / "worker.log"
    worker = Worker(log, database=database_url, broker=valkey, mail=mail_server.url)
    worker.environment |= {"EGRESS_ALLOW": team_chat.url, "OIDC_ISSUER": live_server.url}
    yield worker.start()
    worker.stop()


@pytest.fixture
def pictures(new_page: NewPage) -> Iterator[list[bytes]]:
    taken: list[bytes] = []
    yield taken
    if file := os.environ.get("STORY"):
        page = new_page(viewport={"width": 1266, "height": 648})
        images = (ONE % b64encode(one).decode() for one in taken)
        page.set_content(SIDE_BY_SIDE % "".join(images))
        page.screenshot(path=file)


def test_a_license_lets_a_new_user_in_and_its_end_throws_them_out(
    page_as: PageAs,
    new_page: NewPage,
    cast: Cast,
    team_chat: TeamChat,
    its_worker: Worker,
    console: list[str],
    pictures: list[bytes],
) -> None:
    alice, una = page_as(cast.alice), new_page(viewport=PHONE)

    alice.goto(f"/customers/{cast.contoso.pk}/users/add/")
    alice.get_by_label("First name").fill("Una")
    alice.get_by_label("Last name").fill("Patel")
    alice.get_by_role("button", name="Add subscription").click()
    alice.get_by_label("Team Chat", exact=True).check()
    alice.get_by_role("button", name="Save", exact=True).click()
    title(alice, "User added")
    temporary = alice.get_by_text(TEMPORARY).inner_text()

    una.goto("/")
    una.get_by_label("User name").fill("una.patel@contoso.example")
    una.get_by_label("Password").fill(temporary)
    una.get_by_role("button", name="Sign in").click()
    title(una, "Choose a new password")
    una.get_by_label("New password", exact=True).fill(OWN)
    una.get_by_label("Confirm new password").fill(OWN)
    una.get_by_role("button", name="Save password").click()
    title(una, "My apps")
    pictures.append(una.screenshot())
    una.get_by_role("link", name="Team Chat").click()
    title(una, "contoso.example")
    looks_well(una)
    una.get_by_label("Message").fill("Good morning! I'm Una, and new here.")
    una.get_by_role("button", name="Send").click()
    expect(una.get_by_role("listitem")).to_contain_text("Una Patel")
    pictures.append(una.screenshot())

    alice.get_by_role("link", name="Users and licenses").first.click()
    alice.get_by_role("link", name="Una Patel").click()
    alice.get_by_role("link", name="Manage licenses").click()
    alice.get_by_label("Team Chat", exact=True).uncheck()
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("heading", name="Licenses updated")).to_be_visible()
    # As beat does every few seconds.
    follow_for_logouts.delay()
    # By itself: the page asks.
    title(una, "You were signed out")
    looks_well(una)
    pictures.append(una.screenshot())
    una.get_by_role("link", name="Sign in again").click()
    title(una, "You can't open Team Chat")
    expect(una.get_by_text("You need a license with this service")).to_be_visible()
    # The answer is a 403, of which a browser writes a line.
    console.clear()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def looks_well(page: Page) -> None:
    assert inaccessible(page) == {}
    assert not too_wide(page, PHONE["width"])
