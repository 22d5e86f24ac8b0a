"""A user at a closed door asks, the administrator approves, and the door opens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from applications.models import Application
from tests.demo.team_chat.started import TeamChat
from tests.factories import UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 700}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_from_a_request_to_an_open_door(
    page_as: PageAs, cast: Cast, team_chat: TeamChat, console: list[str]
) -> None:
    una = UserFactory.create(customer=cast.contoso, display_name="Una Patel", local_part="una")
    user, gail = page_as(una, viewport=PHONE), page_as(cast.gail)

    user.goto("/")
    title(user, "My apps")
    expect(user.get_by_role("link", name="Ask for Team Chat")).to_be_visible()
    looks_well(user)
    user.goto(Application.objects.get(name="Team Chat").start_url)
    title(user, "You can't open Team Chat")
    looks_well(user)
    user.get_by_role("link", name="Ask for Team Chat").click()
    title(user, "Ask for Team Chat")
    user.get_by_label("Why you need it").fill("I answer the hotline from Monday on.")
    looks_well(user)
    user.get_by_role("button", name="Send request").click()
    title(user, "Your requests")
    expect(user.get_by_text("You asked for Team Chat.")).to_be_visible()
    looks_well(user)

    gail.goto(f"/customers/{cast.contoso.pk}/")
    gail.get_by_role("link", name="Requests (1)").click()
    expect(gail.get_by_text("I answer the hotline")).to_be_visible()
    gail.get_by_role("link", name="Answer", exact=True).click()
    title(gail, "Una Patel asks for Team Chat")
    assert inaccessible(gail) == {}
    gail.get_by_role("textbox", name="Answer").fill("Welcome to the team.")
    gail.get_by_role("button", name="Approve").click()
    expect(gail.get_by_text("Approved. Una Patel is told.")).to_be_visible()

    user.reload()
    expect(user.get_by_text("Welcome to the team.")).to_be_visible()
    user.get_by_role("link", name="My apps").first.click()
    user.get_by_role("link", name="Team Chat").click()
    title(user, "contoso.example")
    # The page asks its application on and on, which ends before the browser does.
    user.goto("about:blank")
    # The first answer was a 403, of which a browser writes a line.
    console.clear()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def looks_well(page: Page) -> None:
    assert inaccessible(page) == {}
    assert not too_wide(page, PHONE["width"])
