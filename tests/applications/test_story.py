"""The story of an application: registered, opened by a license, and switched off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import change_user
from applications.models import Application
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]

pytestmark = pytest.mark.browser


def test_an_application_is_registered_and_opened_by_a_license(
    page_as: PageAs, cast: Cast, live_server: LiveServer
) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product)
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields={"usage_location": "SE"})
    admin = page_as(cast.alice, viewport={"width": 390, "height": 844})
    admin.goto("/customers/")
    admin.locator(".nav-toggle > summary").click()
    admin.get_by_role("link", name="Applications").click()
    admin.get_by_role("link", name="Add application").click()
    admin.get_by_label("Name", exact=True).fill("Team Chat")
    admin.get_by_label("Icon").select_option("Chat")
    admin.get_by_label("Address to start at").fill(f"{live_server.url}/health/live")
    admin.get_by_label("Redirect addresses").fill("https://chat.example/callback")
    # What belongs to the other choice shows once that one is taken.
    expect(admin.get_by_role("checkbox", name="Contoso")).to_be_hidden()
    admin.get_by_role("radio", name="Only the chosen customers").check()
    admin.get_by_role("checkbox", name="Contoso").check()
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("alert").or_(admin.locator(".form-errors"))).to_contain_text(
        "Choose at least one service."
    )
    admin.get_by_role("checkbox", name="Chat (Teams)").check()
    admin.get_by_role("button", name="Save").dblclick()
    expect(admin.get_by_role("heading", name="Client secret", level=1)).to_be_visible()
    assert inaccessible(admin) == {}
    assert not too_wide(admin, 390)
    secret = admin.locator("#client-secret").inner_text()
    admin.reload()
    expect(admin.locator("#client-secret")).to_have_text(secret)
    admin.get_by_role("button", name="Done").click()
    expect(admin.get_by_role("heading", name="Team Chat", level=1)).to_be_visible()
    client = Application.objects.select_related("client").get().client
    assert client is not None
    assert client.check_secret(secret)

    user = page_as(cast.uma)
    user.goto("/")
    expect(user.get_by_role("heading", name="My apps", level=1)).to_be_visible()
    expect(user.get_by_text("You need a license with this service")).to_contain_text("Ask Gail.")
    change_licenses(
        [cast.uma],
        {pool.pk: LicenseChange(have=True)},
        customer=cast.contoso,
        actor=cast.alice,
    )
    user.reload()
    user.get_by_role("link", name="Team Chat").click()
    expect(user).to_have_url(f"{live_server.url}/health/live")

    admin.get_by_role("button", name="Switch off").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Switch off")
    admin.get_by_role("button", name="Switch off").click()
    expect(admin.get_by_text("Team Chat is off: no user can sign in to it.")).to_be_visible()
    user.goto("/me/")
    expect(user.get_by_role("link", name="Team Chat")).to_have_count(0)
    expect(user.get_by_text("It is switched off at the moment.")).to_contain_text("Ask Fabrikam.")
