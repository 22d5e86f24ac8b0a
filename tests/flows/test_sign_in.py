"""From the temporary password to one's own account, in a browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services.credentials import slips_of
from accounts.services.users import License, NewUser, add_users, delete_users, reset_passwords
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.axe import inaccessible, too_wide
from tests.support.browser import NewPage
from tests.support.cast import PASSWORD, Cast, make_cast

PageAs = Callable[..., Page]
NEW = "seven wooden rivers"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def temporary(cast: Cast, teams: Subscription) -> str:
    """Nora's temporary password; she has Teams without calls."""
    licenses = (License(teams.pk, ("CALLS",)),)
    domain, fields = cast.contoso.domains.get(), {"usage_location": "US"}
    new = NewUser("nora", domain, "Nora Ek", fields, licenses=licenses)
    [slip] = slips_of(add_users([new], customer=cast.contoso, actor=cast.alice).sheet)
    return slip.password


def sign_in(page: Page, user_name: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill(user_name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def choose(page: Page, first: str, second: str) -> None:
    page.get_by_label("New password", exact=True).fill(first)
    page.get_by_label("Confirm new password").fill(second)
    page.get_by_role("button", name="Save password").click()


@pytest.mark.parametrize("typed", ["as printed", "in capitals without hyphens"])
def test_the_new_user_chooses_a_password_and_sees_the_services(
    page: Page, cast: Cast, temporary: str, typed: str
) -> None:
    password = temporary if typed == "as printed" else temporary.upper().replace("-", "")
    sign_in(page, "Nora@Contoso.example", password)
    title(page, "Choose a new password")
    for address in (
        "/accounts/password/change/",
        f"/customers/{cast.contoso.pk}/users/",
        "/me/account/",
    ):
        page.goto(address)
        title(page, "Choose a new password")
    choose(page, "short", "short")
    expect(page.get_by_text("at least 12 characters")).to_be_visible()
    choose(page, NEW, "seven wooden boats")
    expect(page.get_by_text("The two passwords don't match.")).to_be_visible()
    choose(page, NEW, NEW)
    title(page, "My account")
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    services = page.get_by_role("region", name="Services").get_by_role("listitem")
    expect(services).to_have_text(["Chat"])
    page.get_by_role("button", name="Nora Ek").click()
    page.get_by_role("button", name="Sign out").click()
    title(page, "Sign in")
    sign_in(page, "nora@contoso.example", temporary)
    expect(page.get_by_text("Incorrect user name or password.")).to_be_visible()
    sign_in(page, "nora@contoso.example", NEW)
    title(page, "My apps")


def test_one_may_sign_out_instead_of_choosing(page: Page, temporary: str) -> None:
    sign_in(page, "nora@contoso.example", temporary)
    page.get_by_role("button", name="Sign out").click()
    title(page, "Sign in")


def test_an_expired_temporary_password_says_to_ask_for_a_new_one(
    page: Page, cast: Cast, temporary: str
) -> None:
    long_ago = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    User.objects.filter(username="nora@contoso.example").update(temporary_password_set_at=long_ago)
    sign_in(page, "nora@contoso.example", temporary)
    expect(
        page.get_by_text("Ask the administrator who gave it to you for a new one.")
    ).to_be_visible()
    nora = User.objects.get(username="nora@contoso.example")
    reset = reset_passwords([nora], customer=cast.contoso, actor=cast.alice)
    [slip] = slips_of(reset.sheet)
    sign_in(page, "nora@contoso.example", slip.password)
    title(page, "Choose a new password")


def test_two_deleted_users_of_that_name_do_not_stand_in_the_way(
    page: Page, cast: Cast, temporary: str
) -> None:
    for _number in range(2):
        nora = User.objects.get(username="nora@contoso.example")
        delete_users([nora], customer=cast.contoso, actor=cast.alice)
        UserFactory.create(customer=cast.contoso, local_part="nora", password=PASSWORD)
    sign_in(page, "nora@contoso.example", PASSWORD)
    title(page, "My apps")


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("alice", "Customers"),
        ("gail", "Users and licenses"),
        ("uma", "My apps"),
    ],
)
def test_every_user_lands_where_the_day_begins(
    page: Page, cast: Cast, who: str, start: str
) -> None:
    user = getattr(cast, who)
    cast.gives_password(user)
    sign_in(page, user.user_name, PASSWORD)
    title(page, start)


def test_a_changed_password_ends_the_session_elsewhere(
    page: Page, new_page: NewPage, cast: Cast
) -> None:
    cast.gives_password(cast.uma)
    elsewhere = new_page()
    for each in (page, elsewhere):
        sign_in(each, cast.uma.user_name, PASSWORD)
        title(each, "My apps")
        each.goto("/me/account/")
    page.get_by_role("main").get_by_role("link", name="Change password").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password was changed.")).to_be_visible()
    title(page, "My account")
    elsewhere.reload()
    title(elsewhere, "Sign in")


def test_forgot_your_password_says_whom_to_ask(page: Page, db: None) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    title(page, "Forgot your password?")
    expect(
        page.get_by_text("Ask its administrator, or the partner who looks after it.")
    ).to_be_visible()


def test_the_time_zone_of_the_browser_counts_until_one_is_chosen(
    page_as: PageAs, cast: Cast
) -> None:
    page = page_as(cast.alice, timezone_id="Asia/Tokyo")
    instant = timezone.now().replace(year=2026, month=3, day=1, hour=20, minute=0)
    sheet = add_users(
        [NewUser("nora", cast.contoso.domains.get(), "Nora Ek")],
        customer=cast.contoso,
        actor=cast.alice,
    ).sheet
    type(sheet).objects.filter(pk=sheet.pk).update(created_at=instant)
    page.goto("/me/")
    page.goto(f"/customers/{cast.contoso.pk}/passwords/")
    expect(page.get_by_text("2 Mar 2026, 05:00")).to_be_visible()
    page.goto("/me/")
    page.get_by_label("Time zone").select_option("Europe/Lisbon")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Your settings were saved.")).to_be_visible()
    page.goto(f"/customers/{cast.contoso.pk}/passwords/")
    expect(page.get_by_text("1 Mar 2026, 20:00")).to_be_visible()


@pytest.mark.parametrize("theme, width", [("light", 1440), ("dark", 390)])
def test_choosing_with_errors_is_accessible(
    new_page: NewPage, temporary: str, theme: str, width: int
) -> None:
    page = new_page(color_scheme=theme, viewport={"width": width, "height": 900})
    sign_in(page, "nora@contoso.example", temporary)
    choose(page, "short", "short")
    expect(page.get_by_text("at least 12 characters")).to_be_visible()
    assert (inaccessible(page), too_wide(page, width)) == ({}, False)


def test_stranger_who_guesses_waits_and_the_known_browser_does_not(
    cast: Cast, new_page: NewPage, console: list[str]
) -> None:
    cast.gives_password(cast.gail)
    own, elsewhere = new_page(), new_page()
    sign_in(own, cast.gail.user_name, PASSWORD)
    title(own, "Users and licenses")
    own.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    for _try in range(5):
        sign_in(elsewhere, cast.gail.user_name, "guessed")
        expect(elsewhere.get_by_text("Incorrect user name or password")).to_be_visible()
    sign_in(elsewhere, cast.gail.user_name, PASSWORD)
    title(elsewhere, "Too many attempts")
    expect(elsewhere.get_by_text("Wait 5 minutes, then go back and try again.")).to_be_visible()
    assert inaccessible(elsewhere) == {}
    elsewhere.set_viewport_size({"width": 390, "height": 844})
    assert not too_wide(elsewhere, 390)
    elsewhere.get_by_role("button", name="Go back").click()
    title(elsewhere, "Sign in")

    sign_in(own, cast.gail.user_name, PASSWORD)
    title(own, "Users and licenses")
    assert [line for line in console if "429" not in line] == []
    console.clear()
