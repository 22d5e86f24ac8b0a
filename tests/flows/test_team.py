"""The story of a user in a partner's team: added, limited, given another role, removed."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_a_member_is_added_works_for_one_customer_and_is_removed(
    page_as: PageAs, page: Page, cast: Cast, transactional_db: None
) -> None:
    admin = page_as(cast.alice, viewport={"width": 390, "height": 844})
    admin.goto("/customers/")
    admin.locator(".nav-toggle > summary").click()
    admin.get_by_role("link", name="Team").click()
    admin.get_by_role("link", name="Add staff").click()
    admin.get_by_label("First name").fill("Dora")
    admin.get_by_label("Last name").fill("Lind")
    expect(admin.get_by_label("Display name")).to_have_value("Dora Lind")
    admin.get_by_label("User name").fill("dora")
    admin.get_by_role("checkbox", name="Sales agent").check()
    admin.get_by_role("radio", name="Only some customers").check()
    admin.get_by_role("button", name="Save").dblclick()
    expect(admin.get_by_role("heading", name="Temporary password", level=1)).to_be_visible()
    assert inaccessible(admin) == {}
    assert not too_wide(admin, 390)
    admin.reload()
    password = admin.locator(".secret").inner_text()
    admin.get_by_role("button", name="Done").click()
    expect(admin.get_by_role("heading", name="Customers of Dora Lind", level=1)).to_be_visible()
    admin.get_by_role("checkbox", name="Contoso").check()
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("Saved: Dora Lind, customers: 1 customer.")).to_be_visible()

    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("dora@fabrikam.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("New password", exact=True).fill("green-kettle-hums-9")
    page.get_by_label("Confirm new password").fill("green-kettle-hums-9")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("rowheader")).to_have_text(["Contoso"])
    expect(page.get_by_role("link", name="Team")).to_have_count(0)

    admin.get_by_role("link", name="Dora Lind").click()
    admin.get_by_role("link", name="Remove").click()
    admin.get_by_role("button", name="Remove").click()
    expect(admin.get_by_text("Dora Lind is removed from the team.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
