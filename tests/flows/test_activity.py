"""The activity log in a browser: filtered, shared by its address, taken along as a file."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.services.users import block_users
from licensing.services.subscriptions import change_seats
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_the_log_is_filtered_and_exported(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    subscription = SubscriptionFactory.create(customer=cast.contoso, product__name="Office")
    change_seats(subscription, 25, actor=cast.sally)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/")
    page.get_by_role("navigation", name="Customer").get_by_role("link", name="Activity log").click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(3)
    page.get_by_label("By", exact=True).fill("sally")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Seats: 10 → 25")
    shared = page.url
    assert "person=sally" in shared

    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.count("\n") == 2
    assert "Seats: 10 → 25" in text

    page.get_by_label("By", exact=True).fill("")
    page.get_by_label("Action").select_option("Sign-in blocked")
    page.get_by_label("User", exact=True).fill("uma")
    page.get_by_role("button", name="Filter").click()
    expect(rows.nth(1)).to_contain_text("Uma")
    page.get_by_label("To", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="Nothing fits this filter")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    expect(rows).to_have_count(3)

    page.goto(shared)
    expect(rows).to_have_count(2)
    expect(page.get_by_label("By", exact=True)).to_have_value("sally")


def test_a_batch_opens_to_its_users_and_back_keeps_the_filter(
    page_as: PageAs, cast: Cast, transactional_db: None, settings: Settings
) -> None:
    settings.PAGE_SIZE = 5
    users = UserFactory.create_batch(7, customer=cast.contoso)
    block_users([*users, cast.uma], customer=cast.contoso, actor=cast.alice)
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/activity/")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(3)
    page.get_by_label("User", exact=True).fill("uma")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("1 entry fits the filter")
    filtered = page.url

    page.get_by_role("link", name="Block sign-in: 8 users").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Block sign-in: 8 users")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Sign-in blocked")
    page.get_by_role("link", name="Uma").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uma")
    page.go_back()
    page.get_by_role("link", name="Show everything").click()
    expect(rows).to_have_count(6)
    page.get_by_role("link", name="Next").click()
    expect(rows).to_have_count(4)
    page.get_by_role("link", name="Result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in blocked")
    for _step in range(4):
        page.go_back()
    assert page.url == filtered
    expect(rows).to_have_count(2)
    expect(page.get_by_label("User", exact=True)).to_have_value("uma")
