"""The switcher in the customer menu: opened, searched and closed, on a phone too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.places.rows import Favorite
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


@pytest.fixture
def starred(cast: Cast, live_server: LiveServer) -> None:
    Favorite.objects.create(owner=cast.alice, customer=cast.northwind)


@pytest.mark.usefixtures("starred")
def test_it_leads_to_the_same_page_of_another_customer(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/subscriptions/")
    switch = page.get_by_role("button", name="Switch customer")
    switch.click()
    search = page.get_by_role("searchbox", name="Find customer")
    expect(search).to_be_focused()
    expect(switch).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("heading", name="Favorites")).to_be_visible()
    assert inaccessible(page) == {}
    search.press("Escape")
    expect(search).to_have_count(0)
    expect(switch).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    # There the customer's menu is behind the button of the top bar.
    page.get_by_label("Menu", exact=True).click()
    switch.press("Enter")
    expect(search).to_be_focused()
    assert not too_wide(page, 390)
    search.press_sequentially("north")
    expect(page.get_by_role("heading", name="Favorites")).to_have_count(0)
    page.get_by_role("link", name="Northwind").click()
    page.wait_for_url(f"**/customers/{cast.northwind.pk}/subscriptions/")


@pytest.mark.usefixtures("starred")
def test_without_a_script_it_is_a_page(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    page.get_by_role("link", name="Switch customer").click()
    page.get_by_role("main").get_by_role("link", name="Northwind").click()
    page.wait_for_url(f"**/customers/{cast.northwind.pk}/users/")
