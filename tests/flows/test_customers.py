"""Stories of customers in a browser: added, found again, its account kept."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.services.users import block_users
from customers.models import Customer
from tests.factories import CustomerFactory, SubscriptionFactory, UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast

PageAs = Callable[..., Page]


def test_a_customer_is_added_and_found_again(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    page = page_as(cast.alice)
    page.goto("/customers/")
    page.get_by_role("link", name="Add customer").click()
    expect(page.get_by_role("heading", name="Add customer", level=1)).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Woodgrove Bank")
    page.get_by_label("Primary domain").fill("contoso.example")
    page.get_by_label("Country").select_option("Norway")
    page.get_by_label("Contact email").fill("it@woodgrove.example")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("link", name="Primary domain")).to_be_visible()
    expect(page.get_by_label("Primary domain")).to_have_accessible_description(
        "What follows the @ in user names, such as contoso.com. This domain cannot be used here."
    )
    expect(page.get_by_label("Name", exact=True)).to_have_value("Woodgrove Bank")
    page.get_by_label("Primary domain").fill("woodgrove.example")
    page.get_by_role("button", name="Add customer").dblclick()
    expect(page.get_by_role("heading", name="Woodgrove Bank", level=1)).to_be_visible()
    expect(page.get_by_text("woodgrove.example · Norway")).to_be_visible()

    page.get_by_role("link", name="Customers").first.click()
    page.get_by_role("searchbox", name="Search").fill("woodgrove.ex")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Woodgrove Bank").click()
    expect(page.get_by_role("heading", name="Woodgrove Bank", level=1)).to_be_visible()
    assert Customer.objects.filter(name="Woodgrove Bank").count() == 1


def test_the_list_sorts_and_back_brings_the_order_back(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    CustomerFactory.create(partner=cast.fabrikam, name="Adventure Works")
    SubscriptionFactory.create(customer=cast.contoso, quantity=4, holders=[cast.uma])
    page = page_as(cast.alice)
    page.goto("/customers/")
    row = page.get_by_role("row", name="Contoso")
    expect(row.get_by_role("img", name="Seats used: 25 %")).to_be_visible()
    expect(row).to_contain_text("1 of 4")
    first = page.get_by_role("rowheader").first
    expect(first).to_have_text("Adventure Works")
    page.get_by_role("link", name="Seats used").click()
    expect(first).to_have_text("Contoso")
    heading = page.get_by_role("columnheader", name="Seats used")
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="Name").click()
    expect(first).to_have_text("Adventure Works")
    page.go_back()
    expect(first).to_have_text("Contoso")


def test_domains_are_added_made_primary_and_removed(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.northwind.pk}/")
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_label("Domain", exact=True).fill("adatum.example")
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_text("This domain cannot be used here.").first).to_be_visible()
    page.get_by_label("Domain", exact=True).fill("northwind-shop.example")
    page.get_by_role("button", name="Add domain").click()
    shop = page.get_by_role("listitem").filter(has_text="northwind-shop.example")
    shop.get_by_role("button", name="Make primary").click()
    expect(shop).to_contain_text("Primary")
    old = page.get_by_role("listitem").filter(has_text="northwind.example")
    old.get_by_role("link", name="Remove domain").click()
    page.get_by_role("button", name="Remove domain").click()
    expect(page.get_by_text("northwind.example is removed.")).to_be_visible()
    assert [domain.name for domain in cast.northwind.domains.all()] == ["northwind-shop.example"]


def test_the_account_keeps_what_was_typed_until_it_is_right(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/account/")
    page.get_by_label("Name", exact=True).fill("Northwind")
    page.get_by_label("Country").select_option("Norway")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Name")).to_be_visible()
    expect(page.get_by_label("Country")).to_have_value("NO")
    page.get_by_label("Name", exact=True).fill("Contoso Norge")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The account is saved.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Contoso Norge")


def test_what_needs_attention_opens_above_the_list_and_leads_to_the_users(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    ada = UserFactory.create(customer=cast.contoso, display_name="Ada Lind")
    SubscriptionFactory.create(customer=cast.contoso, quantity=1, holders=[ada])
    block_users([ada], customer=cast.contoso, actor=cast.alice)
    page = page_as(cast.alice, reduced_motion="reduce")
    page.goto("/customers/")
    page.get_by_text("1 seat on a blocked account").click()
    expect(page.get_by_role("heading", name="No seats left")).to_be_visible()
    assert inaccessible(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(page, 390)
    idle = page.get_by_role("region", name="Seats on blocked accounts")
    idle.get_by_role("link", name="1 user").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users and licenses")
    expect(page.get_by_role("checkbox", name="Select Ada Lind")).to_be_visible()
    expect(page.get_by_text("1 user found")).to_be_visible()


def test_what_needs_attention_without_javascript(
    page_as: PageAs, cast: Cast, transactional_db: None
) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    page.goto("/customers/")
    page.get_by_role("link", name="Needs attention").click()
    expect(page.get_by_text("Nothing needs attention")).to_be_visible()
