"""Lists and bars at 1280 and 390 px: nothing is cut, and nothing takes the page."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import SeatMonth, User
from accounts.services.credentials import note_copied, stream_sheet
from accounts.services.users import delete_users
from customers.actions import Action
from tests.accounts.sheets import add, address
from tests.accounts.verbs import subscribe
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.axe import too_wide
from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]
WIDE = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=390, height=800)
# How far the frame of the list can be scrolled sideways.
SIDEWAYS = "frame => frame.scrollWidth - frame.clientWidth"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def users(cast: Cast) -> list[User]:
    """Two with all that makes a row wide."""
    users = [
        UserFactory.create(
            customer=cast.contoso,
            first_name=name,
            last_name="Featherstonehaugh",
            must_change_password=True,
            temporary_password_set_at=timezone.now(),
        )
        for name in ("Wilhelmina", "Bartholomew")
    ]
    for product in ("Business Premium", "Phone System", "Project Plan 3"):
        subscribe(cast, product, *users)
    limited = Group.objects.filter(name__in=("Billing administrator", "Password administrator"))
    users[0].groups.set(limited)
    return users


@pytest.mark.usefixtures("users")
def test_the_list_of_users_fits_beside_the_menu(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, viewport=WIDE)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    assert page.locator(".table-wrap").evaluate(SIDEWAYS) == 0
    # Three products stand in three lines at most.
    chips = page.get_by_role("cell").filter(has_text="Business Premium").first
    box = chips.bounding_box()
    assert box
    assert box["height"] < 100


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_the_list_of_users_fits_in_longer_languages(
    page_as: PageAs, cast: Cast, language: str
) -> None:
    page = page_as(cast.alice, viewport=WIDE, locale=language)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    assert page.locator(".table-wrap").evaluate(SIDEWAYS) == 0


@pytest.mark.usefixtures("users")
def test_on_a_telephone_a_longer_heading_has_a_line_of_its_own(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, viewport=NARROW, locale="de")
    page.goto(f"/customers/{cast.contoso.pk}/users/?q=wilhelmina")
    heading = page.get_by_role("heading", level=1).bounding_box()
    field = page.get_by_role("searchbox", name="Suchen").bounding_box()
    assert heading
    assert field
    assert heading["height"] < 40
    # Beside the button and the link that clears it.
    assert field["width"] > 120


def test_on_a_telephone_a_chip_breaks_no_word(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, viewport=NARROW)
    user = UserFactory.create(
        customer=cast.contoso, display_name="Victoria Norris", local_part="victoria.norris"
    )
    delete_users([user], customer=cast.contoso, actor=cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/remove/?user={user.pk}")
    for part in page.locator(".chip > span:not(.avatar)").all():
        assert part.evaluate("part => part.offsetHeight") < 30


def test_on_a_telephone_a_card_is_whole_under_the_pointer(
    page_as: PageAs, cast: Cast, users: list[User]
) -> None:
    page = page_as(cast.alice, viewport=NARROW)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    page.get_by_role("checkbox", name=f"Select {users[0].display_name}").first.check()
    row = page.locator(".users > tbody > tr:has(:checked)")
    row.hover()
    for cell in row.locator("> *").all():
        assert cell.evaluate("cell => getComputedStyle(cell).boxShadow") == "none"


def test_on_a_telephone_the_chosen_tab_is_in_sight(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.alice, viewport=NARROW, locale="de")
    page.goto(f"/customers/{cast.contoso.pk}/users/scheduled/")
    expect(page.get_by_role("link", name="Geplant (0)")).to_be_in_viewport(ratio=0.99)


def test_the_menu_of_changes_keeps_each_entry_in_one_line(
    page_as: PageAs, cast: Cast, users: list[User]
) -> None:
    page = page_as(cast.alice, viewport=WIDE)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    page.get_by_role("checkbox", name=f"Select {users[0].display_name}").first.check()
    page.get_by_role("button", name="Change…").click()
    entry = page.get_by_role("button", name="Change usage location")
    expect(entry).to_be_visible()
    assert entry.evaluate("entry => entry.scrollWidth <= entry.clientWidth")
    assert entry.evaluate("entry => getComputedStyle(entry).whiteSpace") == "nowrap"


def test_the_bar_with_save_leaves_room_for_the_licenses(
    page_as: PageAs, cast: Cast, users: list[User]
) -> None:
    page = page_as(cast.alice, viewport=NARROW)
    query = "&".join(f"user={user.pk}" for user in users)
    page.goto(f"/customers/{cast.contoso.pk}/users/licenses/?{query}")
    box = page.locator(".license-foot").bounding_box()
    assert box
    assert box["height"] < NARROW["height"] / 4
    expect(page.locator(".license-foot").get_by_role("button", name="Save")).to_be_in_viewport()
    expect(page.get_by_label("Reason or ticket")).to_be_attached()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_buttons_of_a_sheet_of_passwords_stand_in_one_line(
    page_as: PageAs, cast: Cast, language: str
) -> None:
    sheet = add(cast, "Nora", "Nils", actor=cast.alice)
    list(stream_sheet(sheet, actor=cast.alice, action=Action.SHEET_DOWNLOADED))
    note_copied(sheet, 0, 1, actor=cast.alice)
    page = page_as(cast.alice, viewport=WIDE, locale=language)
    page.goto(f"/customers/{cast.contoso.pk}/passwords/")
    buttons = page.locator(".row-buttons .btn")
    expect(buttons).to_have_count(5)
    assert buttons.evaluate_all("all => new Set(all.map(one => one.offsetTop)).size") == 1
    assert page.locator(".table-wrap").evaluate(SIDEWAYS) == 0


def test_a_user_name_has_the_whole_width_of_a_card(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.gail, viewport=NARROW)
    page.goto(address(add(cast, "Nora", "Nils")))
    cell = page.get_by_role("cell", name="User name nora@contoso.example")
    columns = cell.evaluate("cell => getComputedStyle(cell).gridTemplateColumns.split(' ').length")
    assert columns == 1


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_telephone_the_first_user_is_in_sight_and_actions_stick_to_the_bottom(
    page_as: PageAs, cast: Cast, users: list[User], width: int
) -> None:
    page = page_as(cast.alice, viewport=ViewportSize(width=width, height=844))
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    first = page.locator(".users > tbody > tr").first.bounding_box()
    assert first
    assert first["y"] <= 300
    assert not too_wide(page, width)
    expect(page.get_by_role("button", name=cast.alice.display_name)).to_be_visible()
    block = page.get_by_role("button", name="Block sign-in", exact=True)
    expect(block).to_be_hidden()
    page.get_by_role("checkbox", name=f"Select {users[0].display_name}").first.check()
    expect(block).to_be_visible()
    bar = page.locator(".bulk-bar")
    for place in ("0", "document.body.scrollHeight / 3"):
        page.evaluate(f"window.scrollTo(0, {place})")
        box = bar.bounding_box()
        assert box
        assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    buttons = bar.locator(".bulk-actions > .btn")
    assert buttons.evaluate_all("all => new Set(all.map(one => one.offsetTop)).size") == 1
    page.get_by_role("button", name="Change…").click()
    expect(page.get_by_role("button", name="Change department")).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("link", name="Upload users")).to_be_in_viewport(ratio=0.9)
    assert not too_wide(page, width)


@pytest.mark.parametrize("script", [True, False])
def test_the_menus_of_a_telephone_open_with_the_keyboard(
    page_as: PageAs, cast: Cast, *, script: bool
) -> None:
    page = page_as(cast.alice, viewport=NARROW, java_script_enabled=script)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    entry = page.get_by_role("navigation", name="Main").get_by_role("link", name="Team")
    customer = page.get_by_role("navigation", name="Customer").get_by_role("link")
    expect(entry).to_be_hidden()
    expect(customer.first).to_be_hidden()
    page.locator(".nav-toggle > summary").focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_in_viewport(ratio=0.9)
    expect(customer.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link").first).to_be_focused()
    page.set_viewport_size(WIDE)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("page_name", ["accounts/user", "customers/auditevent", "customers/batch"])
def test_lists_of_the_admin_are_not_cut(
    page_as: PageAs, cast: Cast, users: list[User], page_name: str, language: str
) -> None:
    page = page_as(cast.support, viewport=WIDE, locale=language)
    add(cast, "Nora", "Nils")
    page.goto(f"/admin/{page_name}/")
    assert page.locator("#result_list").evaluate(
        "list => list.parentElement.scrollWidth <= list.parentElement.clientWidth"
    )


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_telephone_many_seats_stand_within_their_card(
    page_as: PageAs, cast: Cast, width: int
) -> None:
    SubscriptionFactory.create(customer=cast.contoso, quantity=1_234_567)
    page = page_as(cast.alice, viewport={"width": width, "height": 800}, locale="de")
    page.goto("/customers/")
    row = page.get_by_role("row").filter(has_text="1.234.567")
    card, figures = row.bounding_box(), row.locator(".seats-figures").bounding_box()
    assert card
    assert figures
    assert figures["x"] + figures["width"] <= card["x"] + card["width"]


def test_on_a_telephone_it_is_said_whole_when_a_password_was_handed_over(
    page_as: PageAs, cast: Cast
) -> None:
    sheet = add(cast, "Nora", "Nils", actor=cast.alice)
    list(stream_sheet(sheet, actor=cast.alice, action=Action.SHEET_DOWNLOADED))
    page = page_as(cast.alice, viewport=NARROW, locale="de")
    page.goto(address(sheet))
    card = page.locator(".table-wrap").bounding_box()
    moment = page.locator(".handed time").first.bounding_box()
    assert card
    assert moment
    assert moment["x"] + moment["width"] <= card["x"] + card["width"]


@pytest.mark.parametrize("language", ["de", "es"])
def test_tables_and_buttons_fit_the_narrowest_screen_in_longer_languages(
    page_as: PageAs, cast: Cast, language: str
) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    day = date(2026, 9, 30)
    SeatMonth.objects.create(
        customer=cast.contoso,
        subscription=pool,
        month=day.replace(day=1),
        first_day=day,
        last_day=day,
        bought=1_250,
        assigned=1_249,
        blocked=0,
        peak=1_250,
    )
    page = page_as(cast.alice, viewport={"width": 320, "height": 800}, locale=language)
    for url in (
        f"/customers/{cast.contoso.pk}/subscriptions/{pool.pk}/",
        "/notices/settings/",
        "/me/account/",
    ):
        page.goto(url)
        assert not too_wide(page, 320), url


# The words of elements that begin in one line and end in another.
BROKEN = """rows => rows.flatMap(row => {
  const found = [], texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    for (const word of text.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
})"""


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_no_word_of_the_settings_of_notices_breaks_on_the_narrowest_screens(
    page_as: PageAs, cast: Cast, language: str
) -> None:
    page = page_as(cast.alice, viewport={"width": 320, "height": 800}, locale=language)
    for width in (320, 360, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/notices/settings/")
        assert page.eval_on_selector_all(".channels th", BROKEN) == [], width
        assert not too_wide(page, width)


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_text_of_twice_the_size_keeps_to_a_telephones_screen(
    page_as: PageAs, cast: Cast, language: str
) -> None:
    """As a browser's own settings make it, by which media queries go, too."""
    page = page_as(cast.alice, viewport=NARROW, locale=language)
    sizes = {"fontSizes": {"standard": 32}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
    customer = f"/customers/{cast.contoso.pk}/"
    for url in (
        *("/customers/", customer, f"{customer}users/", f"{customer}users/{cast.uma.pk}/"),
        *(f"{customer}subscriptions/", f"{customer}activity/", "/notices/settings/"),
    ):
        page.goto(url)
        assert not too_wide(page, NARROW["width"]), url
        avatar = page.locator(".user-button .avatar").bounding_box()
        assert avatar is not None
        assert avatar["x"] + avatar["width"] <= NARROW["width"], url
    page.goto(f"{customer}users/")
    states = page.locator(".table-cards .state")
    assert states.count() == User.objects.filter(customer=cast.contoso).count()
    assert states.evaluate_all(BROKEN) == []
    icon = page.locator(".bell .bi").bounding_box()
    assert icon is not None
    assert icon["height"] == pytest.approx(32, abs=1)
    page.locator(".nav-toggle > summary").click()
    expect(page.locator(".topbar-nav")).to_be_visible()
    assert not too_wide(page, NARROW["width"])
    # Its name is clipped, and not away: it is that of the link to the start page.
    expect(page.locator(".topbar-brand")).to_have_accessible_name("Partner Portal")
