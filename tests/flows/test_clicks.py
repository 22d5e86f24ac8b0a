"""How many clicks the work of every day takes, counted from Customers.

`Clicks` is a page that counts; stories of other pages count by it, too. A press of a key is no
click, and what is typed is none where the field has the focus already.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast

PageAs = Callable[..., Page]


class Clicks:
    """A page whose clicks are counted, begun at Customers."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        page.goto("/customers/")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def click(self, where: Locator) -> None:
        self.count += 1
        where.click()

    def check(self, where: Locator) -> None:
        self.count += 1
        where.check()

    def choose(self, where: Locator, option: str) -> None:
        """Choose of a list, which opens and closes with one press of the button."""
        self.count += 1
        where.select_option(label=option)

    def fill(self, where: Locator, text: str) -> None:
        """Type into a field, which is clicked first unless the page has given it the focus."""
        if not where.evaluate("element => element === document.activeElement"):
            self.click(where)
        where.fill(text)

    def open_users(self, customer: str) -> None:
        """Open the users of a customer by their number."""
        row = self.page.get_by_role("row").filter(has=self.page.get_by_text(customer, exact=True))
        self.click(row.locator("[data-label=Users] a"))
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Users and licenses")

    def quick(self, user: User, action: str) -> Locator:
        """Return the action in the row of a user."""
        row = self.page.get_by_role("row").filter(has_text=user.user_name)
        return row.get_by_role("link", name=action, exact=True)

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name, exact=True)


@pytest.fixture
def clicks(live_server: LiveServer, cast: Cast, page_as: PageAs) -> Clicks:
    return Clicks(page_as(cast.alice))


@pytest.fixture
def mail(live_server: LiveServer, cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def teams(live_server: LiveServer, cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams")
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


def test_a_password_is_reset_in_three_and_done_leads_back(clicks: Clicks, cast: Cast) -> None:
    clicks.open_users("Contoso")
    clicks.click(clicks.quick(cast.uma, "Reset password"))
    clicks.click(clicks.button("Reset password"))
    expect(clicks.page.get_by_text(re.compile(r"^\s*\w{4}-\w{4}-\w{4}\s*$")).first).to_be_visible()
    assert clicks.count == 3
    clicks.click(clicks.button("Done"))
    # It was only shown: Done asks once more.
    clicks.click(clicks.button("Done"))
    expect(clicks.page.get_by_role("heading", level=1)).to_have_text("Users and licenses")


def test_sign_in_is_blocked_in_three_and_undone_in_two_more(clicks: Clicks, cast: Cast) -> None:
    clicks.open_users("Contoso")
    clicks.click(clicks.quick(cast.uma, "Block sign-in"))
    clicks.click(clicks.button("Block sign-in"))
    expect(clicks.page.get_by_role("heading", name="Sign-in blocked")).to_be_visible()
    assert clicks.count == 3
    # Back in the list, where the row says so.
    row = clicks.page.get_by_role("row").filter(has_text=cast.uma.user_name)
    expect(row).to_contain_text("Blocked")
    clicks.click(clicks.main.get_by_role("link", name="Undo"))
    clicks.click(clicks.button("Undo"))
    expect(row).to_contain_text("Allowed")
    assert clicks.count == 5


def test_a_user_is_removed_in_five_at_most(clicks: Clicks, cast: Cast, mail: Subscription) -> None:
    clicks.open_users("Contoso")
    clicks.click(clicks.quick(cast.uma, "Remove user"))
    clicks.click(clicks.button("Remove user"))
    expect(clicks.page.get_by_text("The removal was planned")).to_be_visible()
    assert clicks.count == 3
    expect(clicks.page.get_by_role("heading", level=1)).to_have_text("Users and licenses")
    # By way of the user's page it is one more.
    clicks = Clicks(clicks.page)
    clicks.open_users("Contoso")
    clicks.click(clicks.page.get_by_role("link", name="Gail", exact=True))
    clicks.click(clicks.button("Remove user"))
    expect(clicks.page.get_by_role("heading", level=1)).to_have_text("Remove user")
    assert clicks.count + 1 <= 5


def test_a_department_swaps_its_license_in_seven(
    clicks: Clicks, cast: Cast, mail: Subscription, teams: Subscription
) -> None:
    sales = UserFactory.create_batch(3, customer=cast.contoso, department="Sales")
    assign(mail, *sales)
    clicks.open_users("Contoso")
    clicks.click(clicks.button("Filter users by…"))
    clicks.fill(clicks.page.locator("#filter-department"), "Sales")
    clicks.page.keyboard.press("Enter")
    expect(clicks.page.get_by_text("3 users found")).to_be_visible()
    clicks.check(clicks.page.get_by_role("checkbox", name="Select all on this page"))
    clicks.click(clicks.button("Manage licenses"))
    # The only product that they have is the one to swap.
    clicks.choose(clicks.page.get_by_label("get instead"), "Teams")
    clicks.click(clicks.button("Save"))
    expect(clicks.page.get_by_role("heading", name="Licenses updated")).to_be_visible()
    assert clicks.count == 7
    # On the same filtered page.
    expect(clicks.page.get_by_text("3 users found")).to_be_visible()
    live = LicenseAssignment.objects.live().filter(user__in=sales)
    assert set(live.values_list("subscription", flat=True)) == {teams.pk}


def test_a_license_is_assigned_to_names_in_six(
    clicks: Clicks, cast: Cast, mail: Subscription
) -> None:
    clicks.open_users("Contoso")
    clicks.click(clicks.main.get_by_role("link", name="Select by list…"))
    names = clicks.page.get_by_label("User names")
    expect(names).to_be_focused()
    clicks.fill(names, f"{cast.uma.user_name}\n{cast.gail.user_name}")
    clicks.click(clicks.button("Find users"))
    clicks.click(clicks.main.get_by_role("link", name="Manage licenses"))
    clicks.check(clicks.page.get_by_role("checkbox", name="Mail", exact=True))
    clicks.click(clicks.button("Save"))
    expect(clicks.page.get_by_role("heading", name="Licenses updated")).to_be_visible()
    assert clicks.count == 6
    assert LicenseAssignment.objects.live().filter(subscription=mail).count() == 2
