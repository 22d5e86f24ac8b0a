"""Wrong and doubtful rows of an upload in a browser: repaired in their place, or all at once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from licensing.models import Subscription
from tests.support.axe import looks_right, too_wide
from tests.support.cast import Cast
from tests.uploads.upload_pages import PageAs, cast, choose, mail
from uploads.models import Upload
from uploads.services import edit_row

__all__ = ["cast", "mail"]


@pytest.fixture
def alice(mail: Subscription, cast: Cast, page_as: PageAs) -> Page:
    """Her page of a checked file with mistakes, whose licenses want more seats than there are."""
    lines = ["User Name,Display Name,Country or Region,Subscriptions"]
    lines += [f"u{at}@contoso.example,U {at},Germny,Mail" for at in range(8)]
    lines += ["Ada <ada@contoso.example>,Ada,,Mail", "bo@contoso.example,Bo,Nowhere at all,Mail"]
    page = page_as(cast.alice)
    choose(page, cast.contoso, lines)
    expect(page.get_by_role("heading", name="Problems")).to_be_visible()
    return page


def top_of(row: Locator) -> float:
    box = row.bounding_box()
    assert box
    return box["y"]


def test_a_row_is_repaired_where_it_stands(alice: Page) -> None:
    first, cell = alice.locator("#row-2"), alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    expect(first).to_contain_text("To be added")
    expect(alice.get_by_label("Country or Region, row 3")).to_be_focused()
    expect(alice.get_by_role("status").filter(has_text="Row 2 is fixed.")).to_be_attached()
    expect(alice.locator(".upload-figure-danger dd")).to_have_text("9")
    expect(alice.get_by_role("link", name="Errors (9)")).to_be_visible()


@pytest.mark.parametrize("height", [500, 900, 3_000])
def test_a_repaired_row_stays_under_the_mouse(alice: Page, height: int) -> None:
    """What stands above it shrinks with each cause that is gone, and grows by the seats."""
    alice.set_viewport_size({"width": 1440, "height": height})
    repairs = {11: "Exclude row 11", 10: "Use ada@contoso.example", 2: "Use Germany"}
    for left, (number, button) in enumerate(repairs.items(), start=1):
        row = alice.locator(f"#row-{number}")
        row.get_by_role("button", name=button).scroll_into_view_if_needed()
        before = top_of(row)
        row.get_by_role("button", name=button).click()
        expect(alice.get_by_role("link", name=f"Errors ({10 - left})")).to_be_visible()
        expect(alice.locator(".htmx-settling")).to_have_count(0)
        assert top_of(row) == pytest.approx(before, abs=1)


def test_what_is_sought_by_the_keyboard_next_comes_into_sight(alice: Page) -> None:
    alice.set_viewport_size({"width": 1440, "height": 400})
    cell = alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    following = alice.get_by_label("Country or Region, row 3")
    expect(following).to_be_focused()
    expect(following).to_be_in_viewport(ratio=0.9)


def test_what_stands_beside_confirm_outlasts_a_repair(alice: Page) -> None:
    cell = alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    # What is typed in the midst of the answer is the next test's.
    expect(alice.get_by_role("link", name="Errors (9)")).to_be_visible()
    alice.get_by_label("Reason or ticket").fill("Ticket 7")
    cell = alice.get_by_label("Country or Region, row 3")
    cell.fill("Germany")
    cell.press("Enter")
    expect(alice.get_by_role("link", name="Errors (8)")).to_be_visible()
    expect(alice.get_by_label("Reason or ticket")).to_have_value("Ticket 7")


def test_what_is_typed_while_a_repair_is_on_its_way_outlasts_it(alice: Page) -> None:
    for number, left in ((2, 9), (3, 8)):
        if number == 3:
            # After the repair has taken along what was there.
            alice.evaluate(
                """document.addEventListener("htmx:beforeOnLoad", () => {
                    document.querySelector("[name=reason]").value = "Ticket 8";
                }, { once: true })"""
            )
        cell = alice.get_by_label(f"Country or Region, row {number}")
        cell.fill("Germany")
        cell.press("Enter")
        expect(alice.get_by_role("link", name=f"Errors ({left})")).to_be_visible()
    expect(alice.get_by_label("Reason or ticket")).to_have_value("Ticket 8")


def test_what_is_typed_and_chosen_outlasts_a_repair_of_many_rows(alice: Page) -> None:
    cell = alice.get_by_label("Country or Region, row 2")
    cell.fill("Germany")
    cell.press("Enter")
    reason = alice.get_by_label("Reason or ticket")
    reason.fill("Ticket 9")
    alice.get_by_label("Country or Region, row 11").fill("Norway")
    alice.get_by_role("button", name="Use all suggestions").click()
    expect(alice.get_by_text("8 rows were changed and checked again.")).to_be_visible()
    expect(reason).to_have_value("Ticket 9")
    expect(alice.get_by_label("Country or Region, row 11")).to_have_value("Norway")

    without = alice.get_by_label("Add everyone, without these licenses")
    without.check()
    alice.get_by_role("link", name="All rows (10)").click()
    expect(alice.get_by_role("link", name="All rows (10)")).to_have_attribute(
        "aria-current", "page"
    )
    expect(without).to_be_checked()
    expect(reason).to_have_value("Ticket 9")


def test_what_is_typed_gives_way_to_what_a_colleague_has_repaired(alice: Page, cast: Cast) -> None:
    field = alice.get_by_label("Country or Region, row 11")
    field.fill("Norway")
    upload = Upload.objects.get()
    edit_row(upload, 11, {2: "Nowhere else"}, actor=cast.gail)
    alice.reload()
    expect(field).to_have_value("Nowhere else")

    # Nor does it wait in the tab for whoever signs in there next.
    field.fill("Sweden")
    alice.context.clear_cookies()
    alice.goto("/accounts/login/")
    expect(alice.get_by_role("button", name="Sign in")).to_be_visible()
    assert alice.evaluate("sessionStorage.length") == 0


def test_on_a_telephone_what_confirm_does_stays_within_the_screen(
    alice: Page, cast: Cast, page_as: PageAs
) -> None:
    alice.get_by_role("button", name="Use all suggestions").click()
    expect(alice.get_by_text("9 rows were changed and checked again.")).to_be_visible()
    for language in ("en", "de", "fr", "es"):
        page = page_as(cast.alice, viewport={"width": 390, "height": 844}, locale=language)
        page.goto(alice.url)
        expect(page.locator(".upload-confirm .btn-primary")).to_be_enabled()
        assert not too_wide(page, 390), language


def test_all_suggestions_are_used_and_confirm_follows_the_choice(alice: Page) -> None:
    alice.get_by_role("button", name="Use all suggestions").click()
    expect(alice.get_by_text("9 rows were changed and checked again.")).to_be_visible()
    expect(alice.get_by_role("link", name="Errors (1)")).to_be_visible()
    confirm = alice.locator(".upload-confirm .btn-primary")
    expect(confirm).to_have_text(
        "Check the seats again: add 9 users only if all fit", use_inner_text=True
    )
    alice.get_by_label("Assign in file order until seats run out").check()
    expect(confirm).to_have_text(
        "Confirm: add 9 users, with licenses while seats last", use_inner_text=True
    )
    looks_right(alice)


def test_a_value_is_replaced_in_all_rows_of_its_cause(alice: Page) -> None:
    line = alice.get_by_role("listitem").filter(has_text="Germny")
    expect(line.get_by_role("combobox")).to_have_value("DE")
    line.get_by_role("combobox").select_option("France")
    line.get_by_role("button", name="Replace in all rows").click()
    expect(alice.get_by_text("8 rows were changed and checked again.")).to_be_visible()
    expect(alice.get_by_role("listitem").filter(has_text="Germny")).to_have_count(0)


def test_garbled_names_are_repaired_in_all_rows_by_one_click(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    lines = ["First name,Last name,Email", "JosÃ©,GarcÃ\xada,jose@contoso.example"]
    lines += ["M?ller,J?rgen,jm@contoso.example", "&Eacute;mile,O&#39;Brien,e@contoso.example"]
    choose(page, cast.contoso, lines)
    line = page.get_by_role("listitem").filter(has_text="2 rows · Letters look garbled")
    expect(line).to_contain_text("such as JosÃ© for José")
    looks_right(page)

    line.get_by_role("button", name="Repair in all rows").click()
    expect(page.get_by_text("2 rows were changed and checked again.")).to_be_visible()
    for name in ("José", "García", "Émile", "O'Brien"):
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()
    expect(line).to_have_count(0)

    page.get_by_role("link", name="Show the rows").click()
    expect(page.get_by_role("row").filter(has_text="A letter was lost")).to_have_count(1)
    looks_right(page)
    page.get_by_label("First Name, row 3").fill("Müller")
    page.get_by_label("Last Name, row 3").fill("Jürgen")
    page.get_by_label("Last Name, row 3").press("Enter")
    expect(page.get_by_role("heading", name="Warnings")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="Müller")).to_be_visible()
    page.get_by_role("button", name="Confirm: add 3 users").click()
    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    names = cast.contoso.users.filter(user_name__in=["jose@contoso.example", "jm@contoso.example"])
    assert set(names.values_list("last_name", flat=True)) == {"García", "Jürgen"}
