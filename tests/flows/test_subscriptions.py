"""Stories of subscriptions in a browser: bought, changed, ended."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from licensing.models import Subscription
from licensing.services.subscriptions import change_seats
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_a_subscription_is_added_changed_suspended_and_canceled(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    ProductFactory.create(name="Office", plans=["MAIL", "TEAMS"])
    page = page_as(cast.sally)
    page.goto(f"/customers/{cast.contoso.pk}/")
    page.get_by_role("link", name="Subscriptions", exact=True).click()
    page.get_by_role("link", name="Add subscription").first.click()
    page.get_by_role("radio", name="Office").check()
    page.get_by_label("Number of seats").fill("25")
    page.get_by_role("button", name="Add subscription").dblclick()
    expect(page.get_by_text("Office is added.")).to_be_visible()
    row = page.get_by_role("row", name="Office")
    expect(row.get_by_role("cell")).to_contain_text(["Active", "25", "0", "25"])

    row.get_by_role("link", name="Manage").click()
    page.get_by_label("Number of seats").fill("40")
    page.get_by_role("button", name="Save").click()
    told = page.get_by_text("Office now has 40 seats, of which 40 are available.")
    expect(told).to_be_visible()

    row.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="Suspend").click()
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("link", name="Resume").click()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("link", name="Cancel subscription").click()
    expect(page.get_by_text("This is final")).to_be_visible()
    page.get_by_role("button", name="Cancel subscription").click()
    expect(page.get_by_text("Office is canceled. 0 licenses were released.")).to_be_visible()
    page.get_by_text("1 canceled subscription").click()
    expect(page.get_by_role("row", name="Office")).to_contain_text("Canceled")


def test_a_stale_page_does_not_overwrite_a_colleagues_seats(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    subscription = SubscriptionFactory.create(customer=cast.contoso, quantity=25)
    page = page_as(cast.sally)
    page.goto(f"/customers/{cast.contoso.pk}/subscriptions/{subscription.pk}/")
    change_seats(subscription, 30, actor=cast.alice)
    page.get_by_label("Number of seats").fill("26")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It was changed by Alice").first).to_be_visible()
    expect(page.get_by_label("Number of seats")).to_have_value("26")
    assert Subscription.objects.get().quantity == 30
    page.get_by_label("Number of seats").fill("31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Subscriptions", level=1)).to_be_visible()
    assert Subscription.objects.get().quantity == 31


def test_helpdesk_sees_subscriptions_and_who_may_change_them(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product__name="Office")
    page = page_as(cast.bob)
    page.goto(f"/customers/{cast.contoso.pk}/subscriptions/")
    expect(page.get_by_role("row", name="Office")).to_be_visible()
    expect(page.get_by_role("link", name="Manage")).to_have_count(0)
    expect(page.get_by_text("Ask one of these roles: Account admin")).to_be_visible()
