"""A story in a browser: a product of the partner's own, from the catalog to a customer."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from licensing.models import Subscription
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_an_own_product_is_added_and_sold(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.get_by_role("link", name="Catalog", exact=True).click()
    page.get_by_role("link", name="Add product").click()
    page.get_by_label("Name", exact=True).fill("Fabrikam Cloud")
    page.get_by_label("Service 1", exact=True).fill("Files")
    page.get_by_label("Service 3", exact=True).fill("Chat")
    page.get_by_role("button", name="Another service").click()
    # The new row has the focus, what was typed is there, and Enter saves.
    expect(page.get_by_label("Service 4", exact=True)).to_be_focused()
    page.keyboard.type("Meetings")
    expect(page.get_by_label("Service 3", exact=True)).to_have_value("Chat")
    expect(page.get_by_label("Service 4", exact=True)).to_have_value("Meetings")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fabrikam Cloud is in your catalog.")).to_be_visible()
    expect(page.get_by_text("For sale · SKU FABRIKAM-CLOUD")).to_be_visible()

    page.get_by_label("Customer", exact=True).select_option("Contoso")
    page.get_by_role("button", name="Add subscription").click()
    expect(page.get_by_role("radio", name="Fabrikam Cloud")).to_be_checked()
    page.get_by_label("Number of seats").fill("25")
    page.get_by_role("button", name="Add subscription").click()
    expect(page.get_by_text("Fabrikam Cloud is added.")).to_be_visible()
    assert Subscription.objects.get().product.partner == cast.fabrikam

    page.get_by_role("link", name="Catalog", exact=True).click()
    row = page.get_by_role("row", name="Fabrikam Cloud")
    expect(row).to_contain_text("0 of 25")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Stop selling").click()
    expect(page.get_by_text("Fabrikam Cloud is no longer sold.")).to_be_visible()
    expect(page.get_by_role("link", name="Contoso")).to_be_visible()
    expect(page.get_by_role("button", name="Sell again")).to_be_visible()
