"""Wrong rows of an upload in a browser: repaired in their place, and all of a cause at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast, make_cast
from tests.support.servers import Worker

PageAs = Callable[..., Page]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def mail(live_server: LiveServer, worker: Worker, cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)


@pytest.fixture
def alice(mail: Subscription, cast: Cast, page_as: PageAs) -> Page:
    """Her page of a checked file with mistakes, whose licenses want more seats than there are."""
    lines = ["User Name,Display Name,Country or Region,Subscriptions"]
    lines += [f"u{at}@contoso.example,U {at},Germny,Mail" for at in range(8)]
    lines += ["Ada <ada@contoso.example>,Ada,,Mail", "bo@contoso.example,Bo,Nowhere at all,Mail"]
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/upload/")
    file: FilePayload = {
        "name": "people.csv",
        "mimeType": "text/csv",
        "buffer": "\r\n".join(lines).encode(),
    }
    page.get_by_label("File", exact=True).set_input_files(files=[file])
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("heading", name="What is wrong")).to_be_visible()
    return page


def test_a_row_is_repaired_where_it_stands(alice: Page) -> None:
    assert inaccessible(alice) == {}
    first, cell = alice.locator("#row-2"), alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    expect(first).to_contain_text("To be added")
    expect(alice.get_by_label("Country or Region, row 3")).to_be_focused()
    expect(alice.get_by_role("status").filter(has_text="Row 2 is fixed.")).to_be_attached()
    expect(alice.locator(".upload-figure-danger dd")).to_have_text("9")
    expect(alice.get_by_role("link", name="Wrong (9)")).to_be_visible()


def test_what_stands_beside_confirm_outlasts_a_repair(alice: Page) -> None:
    cell = alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    alice.get_by_label("Reason or ticket").fill("Ticket 7")
    cell = alice.get_by_label("Country or Region, row 3")
    cell.fill("Germany")
    cell.press("Enter")
    expect(alice.get_by_role("link", name="Wrong (8)")).to_be_visible()
    expect(alice.get_by_label("Reason or ticket")).to_have_value("Ticket 7")


def test_all_suggestions_are_used_and_confirm_follows_the_choice(alice: Page) -> None:
    alice.get_by_role("button", name="Use all suggestions").click()
    expect(alice.get_by_text("9 rows were changed and checked again.")).to_be_visible()
    expect(alice.get_by_role("link", name="Wrong (1)")).to_be_visible()
    confirm = alice.locator(".upload-confirm .btn-primary")
    expect(confirm).to_have_text(
        "Check the seats again: add 9 users only if all fit", use_inner_text=True
    )
    alice.get_by_label("License the first ones").check()
    expect(confirm).to_have_text(
        "Confirm: add 9 users, with licenses while seats last", use_inner_text=True
    )
    assert inaccessible(alice) == {}
    alice.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(alice, 390)


def test_a_value_is_replaced_in_all_rows_of_its_cause(alice: Page) -> None:
    line = alice.get_by_role("listitem").filter(has_text="Germny")
    expect(line.get_by_role("combobox")).to_have_value("DE")
    line.get_by_role("combobox").select_option("France")
    line.get_by_role("button", name="Replace in all rows").click()
    expect(alice.get_by_text("8 rows were changed and checked again.")).to_be_visible()
    expect(alice.get_by_role("listitem").filter(has_text="Germny")).to_have_count(0)
