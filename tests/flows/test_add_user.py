"""Adding users in a browser: one with everything, and several in a row as one set."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import CredentialSheet, User
from accounts.names import suggest_local_part
from customers.models import Customer
from customers.roles import Role
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]
PASSWORD = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")
NAMES = [
    ("Zoë", "O’Brien-Groß"),
    ("Søren", "Þórðarson–Łukasz"),
    ("Anne‑Marie", "Müller ﹣ Öz"),
    ("Юлія", "М'яка Зʼїзд"),
    ("Єва－Юлія", "Щербакова"),
    ("Ευθύμιος", "Μπακογιάννης"),
    ("Đặng", "İnce"),
    ("山田", "Ek"),
    ("-", "."),
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=5)


def open_form(page: Page, cast: Cast) -> None:
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    page.get_by_role("link", name="Add user").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add user")


def name(page: Page, first: str, last: str) -> None:
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_user_with_permissions_and_a_subscription(
    page_as: PageAs, cast: Cast, teams: Subscription
) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Zoë", "Ek")
    expect(page.get_by_label("Display name")).to_have_value("Zoë Ek")
    expect(page.get_by_label("User name")).to_have_value("zoe.ek")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Job title").fill("Designer")
    page.get_by_label("Limited administrator", exact=True).check()
    page.get_by_label("License administrator").check()
    page.get_by_role("button", name="Add subscription").click()
    expect(page.get_by_text("5 of 5 seats available")).to_be_visible()
    page.get_by_label("Teams", exact=True).check()
    page.get_by_label("Calls").uncheck()
    save(page)
    title(page, "User added")
    expect(page.get_by_role("main")).to_contain_text("zoe.ek@contoso.example")
    expect(page.get_by_text(PASSWORD)).to_be_visible()
    user = User.objects.with_roles().get(username="zoe.ek@contoso.example")
    assert (user.display_name, user.job_title, user.roles) == (
        "Zoë Ek",
        "Designer",
        (Role.LICENSE_ADMIN,),
    )
    assert [row.services_off for row in user.assignments.all()] == [["CALLS"]]


@pytest.mark.parametrize("country", ["DE", "DK", "UA", "GR", "FR"])
def test_the_page_proposes_the_user_name_that_the_server_would(
    page_as: PageAs, cast: Cast, country: str
) -> None:
    """The page spells names by itself (adding.js): here it is held to accounts.names."""
    Customer.objects.filter(pk=cast.contoso.pk).update(country=country)
    page = page_as(cast.alice)
    open_form(page, cast)
    for first, last in NAMES:
        name(page, first, last)
        # Waits, since on a busy machine the first name is there before the page's script is.
        expect(page.get_by_label("User name")).to_have_value(
            suggest_local_part(first, last, country)
        )


def test_the_display_name_stays_as_it_was_edited(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Zoë", "Ek")
    page.get_by_label("Display name").fill("Ek, Zoë")
    page.get_by_label("User name").fill("zek")
    name(page, "Zoe", "Eck")
    expect(page.get_by_label("Display name")).to_have_value("Ek, Zoë")
    expect(page.get_by_label("User name")).to_have_value("zek")


def test_a_set_of_users_comes_to_one_confirmation(
    page_as: PageAs, cast: Cast, teams: Subscription
) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Nora", "Ek")
    page.get_by_role("button", name="Add subscription").click()
    page.get_by_label("Teams", exact=True).check()
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text("Nora Ek was added.")).to_be_visible()
    title(page, "Add user")
    expect(page.get_by_label("First name")).to_have_value("")
    expect(page.get_by_label("Teams", exact=True)).to_be_checked()
    name(page, "Nils", "Ek")
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text("2 users on this sheet.")).to_be_visible()
    name(page, "Nina", "Ek")
    save(page)
    title(page, "Users added")
    rows = page.get_by_role("row").filter(has_text=PASSWORD)
    expect(rows).to_have_count(3)
    for row, user in zip(rows.all(), ["nora", "nils", "nina"], strict=True):
        expect(row).to_contain_text(f"{user}.ek@contoso.example")
    assert CredentialSheet.objects.get().users == 3
    teams.refresh_from_db()
    assert teams.assigned == 3


def test_a_set_can_be_finished_without_another_user(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Nora", "Ek")
    page.get_by_role("button", name="Save and add another").click()
    page.get_by_role("link", name="Finish and show the passwords").click()
    title(page, "User added")


def test_add_another_user_keeps_location_and_subscription_but_no_permissions(
    page_as: PageAs, cast: Cast, teams: Subscription
) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Nora", "Ek")
    page.get_by_label("Usage location").select_option("Norway")
    page.get_by_label("Global administrator").check()
    page.get_by_role("button", name="Add subscription").click()
    page.get_by_label("Teams", exact=True).check()
    page.get_by_label("Chat").uncheck()
    save(page)
    page.get_by_role("link", name="Add another user").click()
    expect(page.get_by_label("Usage location")).to_have_value("NO")
    expect(page.get_by_label("Global administrator")).not_to_be_checked()
    said = "Permissions are not copied. Nora Ek has: Global administrator."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_label("Teams", exact=True)).to_be_checked()
    expect(page.get_by_label("Chat")).not_to_be_checked()
    expect(page.get_by_label("Calls")).to_be_checked()
    name(page, "Nils", "Ek")
    save(page)
    title(page, "Users added")


def test_a_full_subscription_says_so_and_leads_to_more_seats(page_as: PageAs, cast: Cast) -> None:
    holder = UserFactory.create(customer=cast.contoso)
    full = SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(name="Mail"),
        quantity=1,
        holders=[holder],
    )
    page = page_as(cast.alice)
    open_form(page, cast)
    page.get_by_role("button", name="Add subscription").click()
    expect(page.get_by_label("Mail", exact=True)).to_be_disabled()
    expect(page.get_by_text("No seats left.")).to_be_visible()
    link = page.get_by_role("link", name="Buy more")
    expect(link).to_have_attribute("href", f"/customers/{cast.contoso.pk}/subscriptions/{full.pk}/")
    name(page, "Nora", "Ek")
    # Someone buys a seat in another tab.
    Subscription.objects.filter(pk=full.pk).update(quantity=2)
    page.get_by_role("button", name="Refresh seats").click()
    expect(page.get_by_label("First name")).to_have_value("Nora")
    page.get_by_role("button", name="Add subscription").click()
    page.get_by_label("Mail", exact=True).check()
    page.get_by_label("User name").press("Enter")
    title(page, "User added")
    assert User.objects.get(username="nora.ek@contoso.example").assignments.count() == 1


def test_errors_take_the_focus_and_keep_what_was_typed(page_as: PageAs, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, local_part="nora.ek")
    page = page_as(cast.alice)
    open_form(page, cast)
    save(page)
    summary = page.get_by_role("group", name="Nothing was saved yet. Please check:")
    expect(summary).to_be_focused()
    name(page, "Nora", "Ek")
    save(page)
    expect(summary).to_contain_text("Try nora.ek2")
    summary.get_by_role("link", name="User name").click()
    expect(page.get_by_label("User name")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_value("Nora")
    page.get_by_label("User name").fill("nora.ek2")
    save(page)
    title(page, "User added")


def test_back_after_saving_does_not_add_the_user_twice(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice)
    open_form(page, cast)
    name(page, "Nora", "Ek")
    save(page)
    title(page, "User added")
    page.go_back()
    title(page, "Add user")
    name(page, "Nora", "Ek")
    page.get_by_label("Display name").fill("Nora Ek")
    page.get_by_label("User name").fill("nora.ek")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert User.objects.filter(username__startswith="nora").count() == 1


def test_adding_needs_no_javascript(page_as: PageAs, cast: Cast, teams: Subscription) -> None:
    page = page_as(cast.alice, java_script_enabled=False)
    open_form(page, cast)
    name(page, "Nora", "Ek")
    page.get_by_label("User name").fill("nora")
    page.get_by_label("Teams", exact=True).check()
    page.get_by_label("Calls").uncheck()
    save(page)
    title(page, "User added")
    user = User.objects.get(username="nora@contoso.example")
    assert user.display_name == "Nora Ek"
    assert [row.services_off for row in user.assignments.all()] == [["CALLS"]]
    page.get_by_role("button", name="Done").click()
    title(page, "Destroy these passwords?")
    page.get_by_role("button", name="Done").click()
    title(page, "Users and licenses")


def test_a_list_is_searched_sorted_and_paged_by_its_address(page_as: PageAs, cast: Cast) -> None:
    for number in range(60):
        UserFactory.create(
            customer=cast.contoso,
            first_name="P",
            display_name=f"Person {number:02}",
            local_part=f"p{number:02}",
        )
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/?sort=-name")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("Uma")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51 to 62 of 62")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1 to 50 of 62")).to_be_visible()
    page.get_by_role("link", name="Last", exact=True).click()
    expect(page.get_by_role("row").last).to_contain_text("Gail")
    page.get_by_role("searchbox", name="Search").fill("person 5")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("15 users", exact=True)).to_be_visible()
    page.get_by_role("link", name="User name").click()
    expect(page).to_have_url(re.compile(r"\?q=person\+5&sort=user$"))
    page.get_by_role("searchbox", name="Search").fill("zzz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No users match “zzz”")).to_be_visible()
    page.get_by_role("link", name="Show all users").click()
    expect(page.get_by_text("1 to 50 of 62")).to_be_visible()


@pytest.mark.parametrize("theme, width", [("light", 1440), ("dark", 390)])
def test_errors_and_sets_are_accessible_and_not_wider_than_a_phone(
    page_as: PageAs, cast: Cast, teams: Subscription, theme: str, width: int
) -> None:
    page = page_as(cast.alice, color_scheme=theme, viewport={"width": width, "height": 900})
    found = {}

    def look(what: str) -> None:
        found[what] = (inaccessible(page), too_wide(page, width))

    open_form(page, cast)
    save(page)
    expect(page.get_by_role("group", name=re.compile("Nothing was saved"))).to_be_focused()
    look("errors")
    name(page, "Nora", "Ek")
    page.get_by_label("Limited administrator", exact=True).check()
    page.get_by_label("User administrator").check()
    page.get_by_role("button", name="Add subscription").click()
    page.get_by_label("Teams", exact=True).check()
    look("form")
    page.get_by_role("button", name="Save and add another").click()
    finish = page.get_by_role("link", name="Finish and show the passwords")
    expect(finish).to_be_visible()
    look("set")
    finish.click()
    title(page, "User added")
    look("added")
    assert found == {what: ({}, False) for what in found}
