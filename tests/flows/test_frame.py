"""The frame of every page in a browser: menu, theme, forms sent once, axe's verdict."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.cast import Cast

PASSWORD = "/accounts/password/change/"

PageAs = Callable[..., Page]


@pytest.fixture
def alice(cast: Cast, live_server: LiveServer) -> User:
    cast.gives_password(cast.alice)
    return cast.alice


def fill_in(page: Page) -> None:
    page.get_by_label("Current password", exact=True).fill("not the password")
    page.get_by_label("New password", exact=True).fill("seven wooden rivers")
    page.get_by_label("Confirm new password", exact=True).fill("seven wooden rivers")


def posts(page: Page) -> list[str]:
    """The addresses that the page posts to from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", note)
    return sent


def test_menu_opens_by_keyboard_and_signs_out(page_as: PageAs, alice: User) -> None:
    page = page_as(alice)
    page.goto(PASSWORD)
    menu = page.get_by_role("button", name=alice.display_name)
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="My account")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_menu_needs_no_javascript(page_as: PageAs, alice: User) -> None:
    page = page_as(alice, java_script_enabled=False)
    page.goto(PASSWORD)
    page.get_by_role("button", name=alice.display_name).click()
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(f"{page.url.split('/accounts')[0]}{PASSWORD}")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_system_theme_follows_the_system(page_as: PageAs, alice: User) -> None:
    page = page_as(alice, color_scheme="dark")
    page.goto(PASSWORD)
    theme = page.locator("html")
    expect(theme).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(theme).to_have_attribute("data-bs-theme", "light")


def test_light_theme_stays_light_on_a_dark_system(page_as: PageAs, alice: User) -> None:
    page = page_as(alice, color_scheme="dark")
    page.goto(PASSWORD)
    page.get_by_role("button", name=alice.display_name).click()
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_with_forced_colors_one_entry_is_marked_as_where_one_is(
    page_as: PageAs, alice: User
) -> None:
    page = page_as(alice, forced_colors="active", viewport={"width": 1280, "height": 800})
    page.goto("/batches/")
    page.get_by_role("heading", level=1).wait_for()
    line = "link => getComputedStyle(link).borderBottomColor"
    ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    for entries in (".topbar-nav a", ".tabs a"):
        marked = [
            link.inner_text()
            for link in page.locator(entries).all()
            if link.evaluate(line) != ground
        ]
        assert marked == [page.locator(f"{entries}[aria-current]").inner_text()]


def slowly(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()


def test_double_click_sends_a_form_once(page_as: PageAs, alice: User) -> None:
    page = page_as(alice)
    page.goto(PASSWORD)
    page.route(f"**{PASSWORD}", slowly)
    sent = posts(page)
    fill_in(page)
    save = page.get_by_role("button", name="Change password")
    save.evaluate("button => { button.click(); setTimeout(() => button.click(), 100); }")
    expect(page.locator("#id_oldpassword_error")).to_be_visible()
    assert len(sent) == 1


def test_form_can_be_sent_again_after_back(page_as: PageAs, alice: User) -> None:
    """A page from the browser's cache comes back as it was left, and says so with `pageshow`."""
    page = page_as(alice)
    page.goto(PASSWORD)
    page.route(f"**{PASSWORD}", lambda route: route.fulfill(status=204))
    sent = posts(page)
    fill_in(page)
    save = page.get_by_role("button", name="Change password")
    save.click()
    expect(save).to_be_disabled()
    page.unroute(f"**{PASSWORD}")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    save.click()
    expect(page.locator("#id_oldpassword_error")).to_be_visible()
    assert len(sent) == 2


def test_skip_link_leads_past_the_frame(page_as: PageAs, alice: User) -> None:
    page = page_as(alice)
    page.goto(PASSWORD)
    page.locator("body").press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
