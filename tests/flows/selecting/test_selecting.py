"""Selecting over pages, in a browser: what is checked stays checked, and is counted."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Selection, User
from accounts.queries.selections import selected_ids
from accounts.services.users import delete_users
from customers.models import Customer
from tests.factories import CustomerFactory, UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal")


@pytest.fixture
def woodgrove(live_server: LiveServer, cast: Cast, settings: Settings) -> Customer:
    """Eight users, three to a page."""
    settings.PAGE_SIZE = 3
    customer = CustomerFactory.create(
        partner=cast.fabrikam, name="Woodgrove", domain="wood.example"
    )
    for name in NAMES:
        UserFactory.create(customer=customer, first_name=name, last_name="Lind")
    return customer


def users(customer: Customer) -> str:
    return f"/customers/{customer.pk}/users/"


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=f"Select {name} Lind", exact=True)


def count(page: Page, text: str) -> None:
    expect(page.locator("[data-select-count]")).to_have_text(text)


def sent(page: Page) -> None:
    """What was chosen has arrived, and the address names it."""
    expect(page.locator("form[data-sending]")).to_have_count(0)
    expect(page).to_have_url(re.compile("s="))


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def names_of(customer: Customer) -> list[str]:
    ids = selected_ids(Selection.objects.get(), customer)
    return [user.first_name for user in User.objects.in_order(ids)]


def test_a_selection_over_three_pages(page_as: PageAs, cast: Cast, woodgrove: Customer) -> None:
    page = page_as(cast.alice)
    page.goto(users(woodgrove))
    block = page.get_by_role("button", name="Block sign-in")
    expect(block).to_have_attribute("aria-disabled", "true")
    expect(block).to_have_attribute("title", "Select at least one user.")
    expect(page.get_by_role("link", name=re.compile("Selected users"))).to_be_hidden()
    count(page, "No users selected")
    box(page, "Ada").check()
    count(page, "1 selected")
    # At once, while the choice is still on its way.
    follow(page, "Next")
    expect(box(page, "Dan")).not_to_be_checked()
    count(page, "1 selected")
    page.get_by_role("checkbox", name="Select all on this page").check()
    count(page, "4 selected")
    follow(page, "Last")
    expect(box(page, "Gus")).to_be_visible()
    box(page, "Hal").check()
    count(page, "5 selected")
    # Through another order, a search and back.
    follow(page, "User name")
    expect(box(page, "Ada")).to_be_checked()
    expect(box(page, "Ben")).not_to_be_checked()
    page.get_by_role("searchbox", name="Search").fill("gus")
    press(page, "Search")
    expect(box(page, "Gus")).not_to_be_checked()
    count(page, "5 selected")
    box(page, "Gus").check()
    count(page, "6 selected")
    sent(page)
    page.go_back()
    expect(box(page, "Ada")).to_be_checked()
    count(page, "6 selected")
    follow(page, "Selected users (6)")
    expect(page.get_by_role("row")).to_have_count(4)
    expect(page.get_by_text("1 to 3 of 6")).to_be_visible()
    box(page, "Ada").uncheck()
    count(page, "5 selected")
    follow(page, "Next")
    expect(box(page, "Gus")).to_be_checked()
    follow(page, "Show all users")
    expect(box(page, "Ada")).not_to_be_checked()
    count(page, "5 selected")
    page.get_by_role("button", name="Manage licenses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Manage licenses")
    expect(page).to_have_url(re.compile(r"/licenses/\?s="))
    assert names_of(woodgrove) == ["Dan", "Eve", "Fay", "Gus", "Hal"]


def test_all_of_them_but_one(page_as: PageAs, cast: Cast, woodgrove: Customer) -> None:
    page = page_as(cast.alice)
    page.goto(users(woodgrove) + "?q=lind")
    press(page, "Select all 8 users")
    count(page, "8 selected")
    follow(page, "Next")
    expect(box(page, "Dan")).to_be_checked()
    box(page, "Dan").uncheck()
    count(page, "7 selected")
    follow(page, "Next")
    count(page, "7 selected")
    follow(page, "Selected users (7)")
    expect(page.get_by_text("1 to 3 of 7")).to_be_visible()
    follow(page, "Next")
    expect(box(page, "Eve")).to_be_checked()
    expect(box(page, "Dan")).to_have_count(0)
    assert Selection.objects.get().by_filter
    assert names_of(woodgrove) == [name for name in NAMES if name != "Dan"]
    press(page, "Clear")
    count(page, "No users selected")
    assert names_of(woodgrove) == []


def test_shift_takes_a_range_and_the_keyboard_all(
    page_as: PageAs, cast: Cast, woodgrove: Customer, settings: Settings
) -> None:
    settings.PAGE_SIZE = 50
    page = page_as(cast.alice)
    page.goto(users(woodgrove))
    box(page, "Ben").check()
    box(page, "Fay").click(modifiers=["Shift"])
    count(page, "5 selected")
    box(page, "Eve").press("Space")
    count(page, "4 selected")
    # Enter in a checkbox presses no button.
    box(page, "Eve").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Users and licenses")
    menu = page.get_by_role("button", name="Change…")
    menu.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change usage location")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Change department")).to_be_hidden()
    sent(page)
    assert names_of(woodgrove) == ["Ben", "Cleo", "Dan", "Fay"]


def test_two_tabs_do_not_share_a_selection(
    page_as: PageAs, cast: Cast, woodgrove: Customer
) -> None:
    page = page_as(cast.alice)
    other = page.context.new_page()
    for tab, name in ((page, "Ada"), (other, "Ben")):
        tab.goto(users(woodgrove))
        box(tab, name).check()
        sent(tab)
        tab.reload()
        count(tab, "1 selected")
        expect(box(tab, name)).to_be_checked()
    tokens = {parse_qs(urlsplit(tab.url).query)["s"][0] for tab in (page, other)}
    assert len(tokens) == Selection.objects.count() == 2


def test_a_selection_that_is_over_is_said_at_the_next_choice(
    page_as: PageAs, cast: Cast, woodgrove: Customer, console: list[str]
) -> None:
    page = page_as(cast.alice)
    page.goto(users(woodgrove))
    box(page, "Ada").check()
    sent(page)
    Selection.objects.all().delete()
    # Not check(), which would check again on the page that follows.
    box(page, "Ben").click()
    expect(page.get_by_text("This selection has expired. Select the users again.")).to_be_visible()
    count(page, "No users selected")
    assert not Selection.objects.exists()
    # The browser notes the refusal.
    assert ["409" in line for line in console] == [True]
    console.clear()


def test_without_javascript(page_as: PageAs, cast: Cast, woodgrove: Customer) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto(users(woodgrove))
    press(page, "Block sign-in")
    expect(page.get_by_text("Select at least one user.")).to_be_visible()
    box(page, "Ada").check()
    press(page, "Keep selection")
    expect(page.get_by_text("1 selected")).to_be_visible()
    follow(page, "Next")
    box(page, "Eve").check()
    press(page, "Manage licenses")
    expect(page.get_by_role("heading", level=1)).to_have_text("Manage licenses")
    assert names_of(woodgrove) == ["Ada", "Eve"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_selected_list_is_accessible_and_whole_on_a_small_screen(
    page_as: PageAs, cast: Cast, woodgrove: Customer, scheme: str
) -> None:
    page = page_as(cast.alice, color_scheme=scheme, reduced_motion="reduce")
    page.goto(users(woodgrove))
    box(page, "Ada").check()
    page.get_by_role("button", name="Change…").click()
    expect(page.get_by_role("button", name="Change permissions")).to_be_visible()
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
    press(page, "Select all 8 users")
    count(page, "8 selected")
    assert not too_wide(page, 390)
    assert inaccessible(page) == {}


def test_the_deleted_are_selected_over_pages_and_restored(
    page_as: PageAs, cast: Cast, woodgrove: Customer
) -> None:
    gone = list(User.objects.filter(customer=woodgrove).order_by("pk")[:5])
    delete_users(gone, customer=woodgrove, actor=cast.alice)
    page = page_as(cast.alice)
    page.goto(users(woodgrove) + "deleted/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    follow(page, "Next")
    expect(box(page, "Ada")).not_to_be_checked()
    count(page, "3 selected")
    press(page, "Select all 5 users")
    count(page, "5 selected")
    box(page, "Ada").uncheck()
    count(page, "4 selected")
    press(page, "Restore")
    expect(page.get_by_role("heading", level=1)).to_have_text("Restore")
    press(page, "Restore")
    expect(page.get_by_role("heading", name="Users restored")).to_be_visible()
    left = User.objects.filter(customer=woodgrove, deleted_at__isnull=False)
    assert [user.first_name for user in left] == ["Ada"]
