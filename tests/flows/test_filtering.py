"""Filter users by…, in a browser: opened above the list, combined, saved by name, picked again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.services.users import block_users
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


@pytest.fixture
def users(live_server: LiveServer, cast: Cast) -> str:
    """Ada has Mail; Ben and Cleo have nothing, and Cleo is blocked."""
    ada, _ben, cleo = (
        UserFactory.create(customer=cast.contoso, first_name=name)
        for name in ("Ada", "Ben", "Cleo")
    )
    mail = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=mail, holders=[ada, cast.gail])
    block_users([cleo], customer=cast.contoso, actor=cast.alice)
    return f"/customers/{cast.contoso.pk}/users/"


def listed(page: Page, *names: str) -> None:
    expect(page.locator("th.cell-main")).to_have_text(list(names))


def licenses(page: Page) -> Locator:
    """The choice of the filter; a column of the list is called so, too."""
    return page.locator("#filter-panel").get_by_label("Licenses", exact=True)


def opened(page: Page) -> None:
    page.get_by_role("button", name="Filter users by…").click()
    expect(licenses(page)).to_be_focused()


def test_conditions_are_combined_saved_and_picked_again(
    page_as: PageAs, cast: Cast, users: str
) -> None:
    page = page_as(cast.alice)
    page.goto(users + "?sort=-name")
    opened(page)
    expect(page.get_by_label("Subscription", exact=True)).to_be_hidden()
    licenses(page).select_option("Without a chosen subscription")
    page.get_by_label("Subscription", exact=True).select_option("Mail")
    page.get_by_role("button", name="Filter", exact=True).click()
    listed(page, "Uma", "Cleo Lind", "Ben Lind")
    # Nothing empty, nothing twice.
    assert re.fullmatch(r".*\?sort=-name&filter=without&subscription=\d+", page.url)
    opened(page)
    page.get_by_label("Sign-in blocked").check()
    page.get_by_role("button", name="Filter", exact=True).click()
    listed(page, "Cleo Lind")
    expect(page.get_by_text("1 user found")).to_be_visible()
    opened(page)
    page.get_by_label("Name", exact=True).fill("Blocked, no mail")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("The filter “Blocked, no mail” is saved.")).to_be_visible()
    listed(page, "Cleo Lind")
    page.get_by_role("link", name="Remove the filter “Without Mail”").click()
    listed(page, "Cleo Lind")
    page.get_by_role("link", name="Clear all").click()
    listed(page, "Uma", "Gail", "Cleo Lind", "Ben Lind", "Ada Lind")
    page.go_back()
    listed(page, "Cleo Lind")
    opened(page)
    page.get_by_role("link", name="Blocked, no mail").click()
    expect(page.get_by_role("link", name="Remove the filter “Without Mail”")).to_be_visible()
    opened(page)
    page.get_by_role("button", name="Delete the filter “Blocked, no mail”").click()
    expect(page.get_by_text("The filter “Blocked, no mail” is deleted.")).to_be_visible()


def test_the_choices_close_again_by_keyboard(page_as: PageAs, cast: Cast, users: str) -> None:
    page = page_as(cast.alice)
    page.goto(users)
    button = page.get_by_role("button", name="Filter users by…")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(licenses(page)).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(licenses(page)).to_have_count(0)
    opened(page)
    button.click()
    expect(licenses(page)).to_have_count(0)
    opened(page)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_filter_keeps_the_selection(page_as: PageAs, cast: Cast, users: str) -> None:
    page = page_as(cast.alice)
    page.goto(users)
    page.get_by_role("checkbox", name="Select Ada Lind").check()
    opened(page)
    licenses(page).select_option("Without any license")
    page.get_by_role("button", name="Filter", exact=True).click()
    listed(page, "Ben Lind", "Cleo Lind", "Uma")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("checkbox", name="Select Ben Lind").check()
    page.get_by_role("link", name="Selected users (2)").click()
    listed(page, "Ada Lind", "Ben Lind")


def test_without_javascript(page_as: PageAs, cast: Cast, users: str) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto(users + "?q=lind")
    page.get_by_role("button", name="Filter users by…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Filter users by…")
    page.get_by_label("Licenses", exact=True).select_option("Without any license")
    page.get_by_role("button", name="Filter", exact=True).click()
    listed(page, "Ben Lind", "Cleo Lind")
    page.get_by_role("button", name="Filter users by…").click()
    page.get_by_label("Name", exact=True).fill("Bare")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("The filter “Bare” is saved.")).to_be_visible()
    listed(page, "Ben Lind", "Cleo Lind")
    page.get_by_role("button", name="Filter users by…").click()
    page.get_by_label("Name", exact=True).fill("bare")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_role("group", name=re.compile("Nothing was saved"))).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("bare")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_choices_are_accessible_and_whole_on_a_small_screen(
    page_as: PageAs, cast: Cast, users: str, scheme: str
) -> None:
    page = page_as(cast.alice, color_scheme=scheme, reduced_motion="reduce")
    page.goto(users + "?filter=unlicensed&filter=blocked")
    opened(page)
    licenses(page).select_option("With a chosen subscription")
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
