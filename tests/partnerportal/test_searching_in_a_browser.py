"""Find anyone: from any page to any user by the keyboard, by two clicks, and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def lind(cast: Cast, live_server: LiveServer) -> User:
    """Northwind's, among others of a like name."""
    UserFactory.create(customer=cast.contoso, display_name="Lindberg")
    return UserFactory.create(customer=cast.northwind, display_name="Lindau", local_part="lind")


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find anyone")


def top(page: Page) -> float:
    """Where the page's own part begins, below the bar."""
    box = page.get_by_role("main").bounding_box()
    assert box is not None
    return box["y"]


def clicks(page: Page) -> Callable[[], int]:
    """How often the page is clicked from now on, on whichever address it is."""
    page.context.expose_function("clicked", lambda: counted.append(1))
    counted: list[int] = []
    page.add_init_script("addEventListener('click', () => window.clicked(), true)")
    page.reload()
    return lambda: len(counted)


def test_anyone_is_two_clicks_from_customers(page_as: PageAs, cast: Cast, lind: User) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    made = clicks(page)
    field(page).click()
    field(page).press_sequentially("lindau")
    page.get_by_role("option", name="Lindau").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lindau")
    assert page.url.endswith(f"/customers/{cast.northwind.pk}/users/{lind.pk}/")
    assert made() == 2


def test_the_keyboard_leads_there_and_back(page_as: PageAs, cast: Cast, lind: User) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.keyboard.press("/")
    page.keyboard.type("lind")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1)):
        page.keyboard.press(key)
        chosen = page.get_by_role("option", selected=True)
        expect(chosen).to_have_count(1)
        expect(page.get_by_role("option").nth(at)).to_have_attribute("aria-selected", "true")
        assert field(page).get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert inaccessible(page) == {}
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(field(page)).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    page.get_by_role("option", name="Lindau").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lind")


def test_enter_without_a_choice_leads_to_all_results(
    page_as: PageAs, cast: Cast, lind: User
) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    field(page).fill("lindau")
    field(page).press("Enter")
    page.wait_for_url("**/search/?q=lindau")
    expect(page.get_by_role("main").get_by_role("link", name="Lindau")).to_be_visible()
    # A slash that is typed is a slash.
    search = page.get_by_role("main").get_by_role("searchbox")
    search.press("End")
    search.press("/")
    expect(search).to_have_value("lindau/")


def test_on_a_phone_the_search_opens_over_the_bar(page_as: PageAs, cast: Cast, lind: User) -> None:
    page = page_as(cast.alice, **PHONE)
    page.goto("/customers/")
    before = top(page)
    field(page).click()
    field(page).press_sequentially("lind")
    page.get_by_role("option", name="Lindau").wait_for()
    assert not too_wide(page, 390)
    assert top(page) == before
    page.get_by_role("option", name="Lindau").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lindau")


def test_without_a_script_it_is_a_form(page_as: PageAs, cast: Cast, lind: User) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto("/customers/")
    page.get_by_label("Find anyone").fill("lindau")
    page.get_by_label("Find anyone").press("Enter")
    page.get_by_role("link", name="Lindau").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lindau")
