"""Handing temporary passwords over: copied, printed, mailed, downloaded, and then destroyed."""

import csv
import io
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import CredentialSheet
from accounts.services.credentials import slips_of
from accounts.services.users import NewUser, add_users
from tests.support.axe import inaccessible, too_wide
from tests.support.cast import Cast, make_cast
from tests.support.servers import Worker

PageAs = Callable[..., Page]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sheet(cast: Cast) -> CredentialSheet:
    """Nora and Nils of Contoso, added by alice; Nora has an alternate email."""
    domain = cast.contoso.domains.get()
    new = [
        NewUser("nora", domain, "Nora Ek", {"alternate_email": "nora@mail.example"}),
        NewUser("nils", domain, "Nils Ek"),
    ]
    return add_users(new, customer=cast.contoso, actor=cast.alice).sheet


def address(sheet: CredentialSheet) -> str:
    return f"/customers/{sheet.customer_id}/passwords/{sheet.pk}/"


def test_copy_takes_user_names_and_passwords(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet
) -> None:
    page = page_as(cast.alice, permissions=["clipboard-write"])
    page.goto(address(sheet))
    copy = page.get_by_role("button", name="Copy", exact=True)
    place = copy.bounding_box()
    with page.expect_response("**/copied/") as told:
        copy.click()
    assert told.value.status == 204
    expect(page.get_by_text("Copied")).to_be_attached()
    # The tick stands in for the icon: the button stays where it is.
    expect(copy).to_have_class(re.compile("is-copied"))
    assert copy.bounding_box() == place
    # Pasted: no page of the portal may read the clipboard by itself.
    page.evaluate("document.body.prepend(document.createElement('textarea'))")
    page.locator("textarea").first.focus()
    page.keyboard.press("Control+V")
    copied = page.locator("textarea").first.input_value()
    for slip in slips_of(sheet):
        assert f"User name: {slip.user_name}\nTemporary password: {slip.password}" in copied


def test_done_asks_about_the_passwords_that_were_not_copied(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet
) -> None:
    page = page_as(cast.alice, permissions=["clipboard-write"])
    page.goto(address(sheet))
    with page.expect_response("**/copied/"):
        page.get_by_role("button", name="Copy password of nora@contoso.example").click()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Destroy these passwords?")
    question = page.get_by_text("The password of 1 user was not printed, emailed, copied or")
    expect(question).to_contain_text("yet: Nils Ek (nils@contoso.example).")
    page.get_by_role("link", name="Cancel").click()
    # By hand too: one click selects the whole password.
    nils = page.get_by_role("row").filter(has_text="Nils Ek")
    expect(page.get_by_role("row").filter(has_text="Nora Ek")).to_contain_text("Copied")
    nils.locator(".secret").click()
    assert page.evaluate("String(getSelection())") == list(slips_of(sheet))[1].password
    with page.expect_response("**/copied/"):
        page.keyboard.press("Control+C")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("The temporary passwords were deleted")).to_be_visible()


def test_paper_holds_the_slips_and_nothing_else(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet
) -> None:
    page = page_as(cast.alice)
    page.goto(address(sheet))
    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Print")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    for slip in slips_of(sheet):
        expect(page.get_by_role("listitem").filter(has_text=slip.password)).to_be_visible()
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    expect(page.get_by_role("navigation", name="Customer")).to_be_hidden()


def test_mail_goes_out_and_the_page_follows(
    page_as: PageAs,
    cast: Cast,
    worker: Worker,
    mailbox: list[EmailMessage],
    sheet: CredentialSheet,
) -> None:
    page = page_as(cast.alice)
    page.goto(address(sheet))
    page.get_by_role("link", name="Email").click()
    expect(page.get_by_text("Email can be read by others: on its way")).to_be_visible()
    page.get_by_label("Each user's alternate email: 1 of 2 has one").check()
    page.get_by_role("button", name="Send email").click()
    expect(page.get_by_text("2 emails are being processed.")).to_be_visible()
    expect(page.get_by_text("Sent: 1")).to_be_visible()
    expect(page.get_by_text("Nils Ek: No address")).to_be_visible()
    page.get_by_label("Me, alice@fabrikam.example").check()
    page.get_by_role("button", name="Send email").click()
    expect(page.get_by_text("Some are still being sent.")).to_be_hidden()
    mails = page.get_by_role("region", name="Emails").get_by_role("listitem")
    expect(mails.filter(has_text="Me ·")).to_contain_text("Sent")
    nora, nils = slips_of(sheet)
    assert [mail["To"] for mail in mailbox] == ["nora@mail.example", "alice@fabrikam.example"]
    to_nora, to_alice = (mail.get_content() for mail in mailbox)
    assert nora.password in to_nora
    assert nils.password not in to_nora
    assert nora.password in to_alice
    assert nils.password in to_alice
    page.get_by_label("Me, alice@fabrikam.example").check()
    page.get_by_role("button", name="Send email").click()
    expect(page.get_by_text("Nothing was sent again")).to_be_visible()
    worker.wait_until_idle()
    assert len(mailbox) == 2


def test_passwords_to_hand_over_from_the_list_to_done(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/")
    page.get_by_role("link", name="Passwords to hand over (1)").click()
    row = page.get_by_role("row").filter(has_text="Users added")
    expect(row).to_contain_text("Alice")
    expect(row).to_contain_text("24 hours")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    expected = [[slip.display_name, slip.user_name, slip.password] for slip in slips_of(sheet)]
    assert rows == [["Display name", "User name", "Temporary password"], *expected]
    row.get_by_role("link", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users added")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users and licenses")
    expect(page.get_by_text("The temporary passwords were deleted")).to_be_visible()
    page.get_by_role("link", name="Passwords to hand over (0)").click()
    expect(page.get_by_role("heading", name="Nothing to hand over")).to_be_visible()
    page.goto(address(sheet))
    expect(page.get_by_text("These passwords were deleted")).to_be_visible()


def test_done_in_the_list_asks_once_more(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/passwords/")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Destroy these passwords?")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passwords to hand over")
    page.get_by_role("link", name="Show").click()
    page.goto(f"/customers/{cast.contoso.pk}/passwords/")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Destroy these passwords?")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Nothing to hand over")).to_be_visible()


@pytest.mark.parametrize("theme, width", [("light", 1440), ("dark", 390)])
def test_what_is_left_after_done_is_accessible(
    page_as: PageAs, cast: Cast, sheet: CredentialSheet, theme: str, width: int
) -> None:
    page = page_as(cast.alice, color_scheme=theme, viewport={"width": width, "height": 900})
    page.goto(address(sheet) + "print/?as=list")
    assert (inaccessible(page), too_wide(page, width)) == ({}, False)
    page.goto(address(sheet))
    page.get_by_role("button", name="Done").click()
    expect(page).to_have_url(re.compile("/users/$"))
    for where in (f"/customers/{cast.contoso.pk}/passwords/", address(sheet)):
        page.goto(where)
        assert (where, inaccessible(page), too_wide(page, width)) == (where, {}, False)
