"""A rule in a browser, from its form to the forecast, to who has what, and back by Undo."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from automation.models import LicenseRule
from licensing.models import LicenseAssignment
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_rule_from_forecast_to_undo(
    live_server: LiveServer, cast: Cast, page_as: Callable[..., Page]
) -> None:
    contoso = cast.contoso
    mail = SubscriptionFactory.create(
        customer=contoso,
        product=ProductFactory.create(name="Mail", plans=["INBOX", "ARCHIVE"]),
        quantity=2,
    )
    for name in ("Sam", "Sue", "Sid"):
        UserFactory.create(customer=contoso, first_name=name, last_name="", department="Sales")
    page = page_as(cast.alice)
    page.goto(f"/customers/{contoso.pk}/users/")
    page.get_by_role("navigation", name="Customer").get_by_role(
        "link", name="License rules"
    ).click()
    title(page, "License rules")
    page.get_by_role("link", name="Add rule").click()
    page.get_by_label("Name").fill("Sales team")
    page.get_by_label("Department").fill("Sales")
    page.get_by_role("checkbox", name="Mail").check()
    page.get_by_text("View service plans").click()
    page.get_by_role("checkbox", name="Archive").uncheck()
    page.get_by_role("button", name="Save").click()
    title(page, "Sales team")
    expect(page.get_by_text("Switch it on when you are ready")).to_be_visible()

    page.get_by_role("link", name="Switch on…").first.click()
    title(page, "Switch on")
    expect(page.get_by_text("3 users match this rule.")).to_be_visible()
    expect(page.get_by_text("2 users get licenses")).to_be_visible()
    expect(page.get_by_text("1 seat is missing")).to_be_visible()
    assert not LicenseAssignment.objects.exists()
    page.get_by_role("link", name="Buy more").click()
    title(page, "Mail")
    expect(page.get_by_label("Number of seats")).to_have_value("3")
    page.get_by_role("button", name="Save").click()
    title(page, "Switch on")
    expect(page.get_by_text("3 users get licenses")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    title(page, "Rule “Sales team” switched on")
    expect(page.get_by_text("3 users updated.")).to_be_visible()
    held = LicenseAssignment.objects.live().filter(subscription=mail)
    assert [row.services_off for row in held] == [["ARCHIVE"]] * 3

    page.get_by_role("link", name="Sam").click()
    expect(page.get_by_text("By rule Sales team")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sales team")
    assert not LicenseAssignment.objects.live().exists()
    assert not LicenseRule.objects.get().is_on
