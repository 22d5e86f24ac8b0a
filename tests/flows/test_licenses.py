"""Manage licenses in a browser: the arithmetic, buying more, several users, no JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.services.selections import choose
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast

PageAs = Callable[..., Page]


@dataclass
class Shop:
    cast: Cast
    mail: Subscription
    office: Subscription
    full: Subscription


@pytest.fixture
def shop(live_server: LiveServer, cast: Cast) -> Shop:
    def buy(name: str, quantity: int, *holders: User, plans: tuple[str, ...] = ()) -> Subscription:
        product = ProductFactory.create(name=name, plans=plans)
        return SubscriptionFactory.create(
            customer=cast.contoso, product=product, quantity=quantity, holders=holders
        )

    mail = buy("Mail", 40, plans=("INBOX", "ARCHIVE"))
    assign(mail, *UserFactory.create_batch(34, customer=cast.contoso))
    return Shop(cast, mail, buy("Office", 5, cast.uma), buy("Phone", 1, cast.gail))


def held(user: User) -> dict[str, list[str]]:
    rows = (
        LicenseAssignment.objects.live().filter(user=user).select_related("subscription__product")
    )
    return {row.subscription.product.name: row.services_off for row in rows}


def manage(page: Page, *users: User) -> None:
    query = "&".join(f"user={user.pk}" for user in users)
    page.goto(f"/customers/{users[0].customer_id}/users/licenses/?{query}")


def box(page: Page, product: str) -> Locator:
    return page.get_by_role("checkbox", name=product, exact=True)


def sums(page: Page) -> Locator:
    return page.locator("main form").get_by_role("status")


def row(page: Page, product: str) -> Locator:
    return page.get_by_role("row").filter(has=box(page, product))


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def said(page: Page, text: str) -> None:
    """A notice has this heading, or the page."""
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def test_licenses_and_services_are_added_and_removed(page_as: PageAs, shop: Shop) -> None:
    uma = shop.cast.uma
    page = page_as(shop.cast.alice)
    page.goto(f"/customers/{uma.customer_id}/users/{uma.pk}/")
    page.get_by_role("link", name="Manage licenses").click()
    title(page, "Manage licenses")
    expect(sums(page)).to_have_text("No changes yet.")
    box(page, "Mail").check()
    expect(sums(page)).to_have_text("Mail: +1 / −0, leaves 5 of 40")
    row(page, "Mail").get_by_text("View service plans").click()
    page.get_by_role("checkbox", name="Archive").uncheck()
    box(page, "Office").uncheck()
    expect(sums(page)).to_contain_text("Office: +0 / −1, leaves 5 of 5")
    page.get_by_role("button", name="Save").click()
    said(page, "Licenses updated")
    expect(page.get_by_text("Assigned: Mail. Revoked: Office.")).to_be_visible()
    assert held(uma) == {"Mail": ["ARCHIVE"]}
    expect(page.get_by_text("Off: Archive", exact=True)).to_be_visible()
    page.get_by_role("link", name="Manage licenses").click()
    row(page, "Mail").get_by_text("View service plans").click()
    page.get_by_role("checkbox", name="Archive").check()
    expect(sums(page)).to_have_text("Mail: service plans changed")
    page.get_by_role("button", name="Save").click()
    said(page, "Licenses updated")
    assert held(uma) == {"Mail": []}


def test_seats_run_short_are_bought_and_everything_is_kept(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.alice)
    manage(page, shop.cast.uma)
    box(page, "Mail").check()
    row(page, "Mail").get_by_text("View service plans").click()
    page.get_by_role("checkbox", name="Inbox").uncheck()
    box(page, "Phone").check()
    expect(sums(page)).to_contain_text("Phone: +1 / −0, 1 seat is missing")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Phone")).to_contain_text("1 seat is missing.")
    expect(box(page, "Mail")).to_be_checked()
    assert held(shop.cast.uma) == {"Office": []}
    row(page, "Phone").get_by_role("link", name="Buy more").click()
    title(page, "Phone")
    expect(page.get_by_label("Number of seats")).to_have_value("2")
    page.get_by_role("button", name="Save").click()
    title(page, "Manage licenses")
    expect(box(page, "Phone")).to_be_checked()
    expect(sums(page)).to_contain_text("Phone: +1 / −0, leaves 0 of 2")
    page.get_by_role("button", name="Save").click()
    said(page, "Licenses updated")
    assert held(shop.cast.uma) == {"Office": [], "Mail": ["INBOX"], "Phone": []}


def test_without_the_right_to_buy_one_reads_whom_to_ask(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.bob)
    manage(page, shop.cast.uma)
    expect(page.get_by_role("link", name="Buy more")).to_have_count(0)
    expect(row(page, "Phone")).to_contain_text("Ask one of these roles: Account admin")


def test_some_of_several_goes_round_all_none_and_back(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.alice)
    manage(page, shop.cast.uma, shop.cast.gail)
    office = box(page, "Office")
    assert office.evaluate("box => box.indeterminate")
    row(page, "Office").get_by_text("1 of 2 selected").click()
    expect(row(page, "Office").get_by_role("listitem")).to_have_text(["Uma uma@contoso.example"])
    office.click()
    expect(office).to_be_checked()
    expect(sums(page)).to_have_text("Office: +1 / −0, leaves 3 of 5")
    office.click()
    expect(sums(page)).to_have_text("Office: +0 / −1, leaves 5 of 5")
    office.click()
    assert office.evaluate("box => box.indeterminate")
    expect(sums(page)).to_have_text("No changes yet.")
    office.click()
    office.click()
    page.get_by_role("button", name="Save").click()
    title(page, "Licenses updated")
    assert held(shop.cast.uma) == {}


def test_taking_a_user_out_keeps_the_choice(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.alice)
    manage(page, shop.cast.uma, shop.cast.gail)
    box(page, "Mail").check()
    page.get_by_role("link", name="Remove Gail from the selection").click()
    expect(page.get_by_text("Uma · uma@contoso.example")).to_be_visible()
    expect(sums(page)).to_have_text("Mail: +1 / −0, leaves 5 of 40")


def test_by_keyboard_alone(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.alice)
    manage(page, shop.cast.uma)
    box(page, "Mail").focus()
    page.keyboard.press("Space")
    expect(sums(page)).to_have_text("Mail: +1 / −0, leaves 5 of 40")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    said(page, "Licenses updated")
    assert held(shop.cast.uma) == {"Office": [], "Mail": ["ARCHIVE"]}


def test_without_javascript(page_as: PageAs, shop: Shop) -> None:
    page = page_as(shop.cast.alice, java_script_enabled=False)
    manage(page, shop.cast.uma, shop.cast.gail)
    box(page, "Mail").check()
    page.get_by_label("Remove from all").first.check()
    page.get_by_role("button", name="Show what changes").click()
    expect(sums(page)).to_contain_text("Mail: +2 / −0, leaves 4 of 40")
    expect(sums(page)).to_contain_text("Office: +0 / −1, leaves 5 of 5")
    expect(page.get_by_role("button", name="Buy more")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    title(page, "Licenses updated")
    assert held(shop.cast.uma) == {"Mail": []}
    assert sorted(held(shop.cast.gail)) == ["Mail", "Phone"]


def selection(shop: Shop, *users: User) -> str:
    """Selected in the list before; the address of Manage licenses for them."""
    ids = [user.pk for user in users]
    contoso, alice = shop.cast.contoso, shop.cast.alice
    choose("story", shown=ids, chosen=ids, customer=contoso, actor=alice)
    return f"/customers/{contoso.pk}/users/licenses/?s=story"


def lind(shop: Shop) -> list[User]:
    names = ("Ann", "Ben", "Cid", "Dot")
    contoso = shop.cast.contoso
    return [UserFactory.create(customer=contoso, display_name=f"{name} Lind") for name in names]


def test_a_selection_is_swapped_with_its_arithmetic(page_as: PageAs, shop: Shop) -> None:
    users = lind(shop)
    assign(shop.office, *users[:3])
    page = page_as(shop.cast.alice)
    page.goto(selection(shop, *users))
    row(page, "Office").get_by_text("3 of 4 selected").click()
    expect(row(page, "Office").get_by_role("listitem")).to_have_text(
        [re.compile(name) for name in ("^Ann Lind ", "^Ben Lind ", "^Cid Lind ")]
    )
    page.get_by_role("button", name="Remove Cid Lind from the selection").click()
    expect(page.get_by_text("3 users")).to_be_visible()
    page.get_by_label("Users who have").select_option("Office")
    page.get_by_label("get instead").select_option("Mail")
    row(page, "Mail").get_by_text("View service plans").click()
    page.get_by_role("checkbox", name="Archive").uncheck()
    expect(sums(page).get_by_role("listitem")).to_have_text(
        ["Mail: +2 / −0, leaves 4 of 40", "Office: +0 / −2, leaves 3 of 5"]
    )
    page.get_by_role("button", name="Save").click()
    title(page, "Licenses updated")
    result = page.get_by_role("row", name=re.compile("Ann Lind"))
    expect(result).to_contain_text("Assigned Mail")
    expect(result).to_contain_text("Revoked Office")
    assert [held(user) for user in users] == [
        {"Mail": ["ARCHIVE"]},
        {"Mail": ["ARCHIVE"]},
        {"Office": []},
        {},
    ]


def test_too_few_seats_go_to_as_many_as_fit(page_as: PageAs, shop: Shop) -> None:
    users = lind(shop)
    page = page_as(shop.cast.alice)
    page.goto(selection(shop, *users))
    as_many = page.get_by_role("button", name="Assign as many as fit")
    expect(as_many).to_be_hidden()
    office = box(page, "Office")
    office.check()
    expect(sums(page)).to_have_text("Office: +4 / −0, leaves 0 of 5")
    expect(as_many).to_be_hidden()
    office.uncheck()
    SubscriptionFactory.create(
        customer=shop.cast.contoso, product=ProductFactory.create(name="Sheets"), quantity=3
    )
    page.reload()
    box(page, "Sheets").check()
    expect(sums(page)).to_have_text("Sheets: +4 / −0, 1 seat is missing")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Sheets")).to_contain_text("1 seat is missing.")
    assert [held(user) for user in users] == [{}] * 4
    as_many.click()
    title(page, "Licenses updated")
    left = page.get_by_role("row", name=re.compile("Dot Lind"))
    expect(left).to_contain_text("Sheets: no seats left.")
    expect(left).to_contain_text("Failed")
    assert [held(user) for user in users] == [{"Sheets": []}] * 3 + [{}]


def test_seats_for_a_selection_are_bought_and_the_swap_is_kept(page_as: PageAs, shop: Shop) -> None:
    users = lind(shop)
    assign(shop.office, *users)
    page = page_as(shop.cast.alice)
    page.goto(selection(shop, *users))
    page.get_by_label("Users who have").select_option("Office")
    page.get_by_label("get instead").select_option("Phone")
    expect(sums(page)).to_contain_text("Phone: +4 / −0, 4 seats are missing")
    row(page, "Phone").get_by_role("link", name="Buy more").click()
    expect(page.get_by_label("Number of seats")).to_have_value("5")
    page.get_by_role("button", name="Save").click()
    title(page, "Manage licenses")
    expect(sums(page)).to_contain_text("Phone: +4 / −0, leaves 0 of 5")
    page.get_by_role("button", name="Save").click()
    title(page, "Licenses updated")
    assert [held(user) for user in users] == [{"Phone": []}] * 4


def test_a_swap_without_javascript(page_as: PageAs, shop: Shop) -> None:
    users = lind(shop)
    assign(shop.office, *users[:2])
    page = page_as(shop.cast.alice, java_script_enabled=False)
    page.goto(selection(shop, *users))
    page.get_by_label("Users who have").select_option("Office")
    page.get_by_label("get instead").select_option("Mail")
    page.get_by_role("button", name="Show what changes").click()
    expect(sums(page)).to_contain_text("Mail: +2 / −0, leaves 4 of 40")
    row(page, "Office").get_by_text("2 of 4 selected").click()
    row(page, "Office").get_by_role("link", name="Who has Office").click()
    expect(page.get_by_role("main").get_by_role("listitem").filter(has_text="Lind")).to_have_text(
        [re.compile(name) for name in ("^Ann Lind ", "^Ben Lind ")]
    )
