"""White label: alice gives Fabrikam's pages a name, a logo and a color; uma sees them."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import MailTo
from accounts.services.mail import deliver_sheet, mail_sheet
from accounts.services.users import reset_passwords
from customers.branding.pictures import read_picture
from customers.services.partners import change_branding
from tests.customers.branding.pictures import picture
from tests.support.axe import inaccessible, too_wide
from tests.support.browser import NewPage
from tests.support.cast import Cast, make_cast

PageAs = Callable[..., Page]
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_alice_sets_it_and_uma_signs_in_on_that_page(
    page_as: PageAs, new_page: NewPage, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(picture(size=(600, 160)))
    page = page_as(cast.alice)
    page.goto("/team/")
    page.get_by_role("link", name="Branding").click()
    page.get_by_label("Displayed name").fill("Fabrikam Cloud")
    page.get_by_label("Logo", exact=True).set_input_files(file)
    page.get_by_label("Accent color").fill("FFB000")
    page.get_by_label("Phone").fill("+1 555 0100")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("#ffb000 is shown as")).to_be_visible()
    for theme in ("light", "dark"):
        sample = page.get_by_role("img", name=f"Preview in the {theme} theme")
        drawn = sample.locator("img").evaluate("image => image.decode().then(() => image.width)")
        assert drawn > 20
    assert inaccessible(page) == {}
    # Nothing was saved so far, and the logo need not be chosen again.
    assert page.evaluate(ACCENT) == "#1f5bc9"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").get_by_text("are saved")).to_be_visible()
    # The style sheet of the new page may come after its text.
    page.wait_for_function(f"!['#1f5bc9', '#ffb000', ''].includes({ACCENT})")
    expect(page.get_by_role("banner").get_by_role("img", name="Fabrikam Cloud")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert not too_wide(page, 320)
    link = page.get_by_role("region", name="Sign-in page").get_by_role("code").inner_text()

    uma = new_page(**PHONE)
    password = cast.gives_password(cast.uma)
    uma.goto(link[link.index("/accounts/") :])
    expect(uma.get_by_role("img", name="Fabrikam Cloud")).to_be_visible()
    expect(uma).to_have_title("Sign in - Fabrikam Cloud")
    expect(uma.get_by_role("link", name="+1 555 0100")).to_be_visible()
    assert inaccessible(uma) == {}
    assert not too_wide(uma, 390)
    uma.get_by_label("User name").fill(cast.uma.user_name)
    uma.get_by_label("Password", exact=True).fill(password)
    uma.get_by_role("button", name="Sign in").click()
    expect(uma.get_by_role("heading", name="My apps")).to_be_visible()
    expect(uma.get_by_role("img", name="Fabrikam Cloud")).to_be_visible()
    uma.goto("/accounts/logout/")
    uma.get_by_role("button", name="Sign out").click()
    # The device comes back to the partner's page.
    expect(uma).to_have_title("Sign in - Fabrikam Cloud")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_a_bright_color_can_be_read(page_as: PageAs, cast: Cast, scheme: str) -> None:
    change_branding(
        cast.fabrikam,
        actor=cast.alice,
        logo=read_picture(picture(color=(255, 255, 255))),
        brand_color="#ffff00",
        help_email="help@fabrikam.example",
    )
    for user, path, heading in (
        (cast.alice, "/team/branding/", "Branding"),
        (cast.gail, f"/customers/{cast.contoso.pk}/users/", "Users and licenses"),
        (cast.uma, "/me/account/", "My account"),
    ):
        page = page_as(user, color_scheme=scheme)
        page.goto(path)
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        assert inaccessible(page) == {}, path


def test_slips_and_emails_carry_it(
    page_as: PageAs, cast: Cast, mailbox: list[EmailMessage]
) -> None:
    change_branding(
        cast.fabrikam,
        actor=cast.alice,
        logo=read_picture(picture()),
        brand_name="Fabrikam Cloud",
        help_phone="+1 555 0100",
    )
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    mail_sheet(sheet, MailTo.SELF, actor=cast.alice)
    assert deliver_sheet(sheet.pk) == 1
    [mail] = mailbox
    cast.fabrikam.refresh_from_db()
    assert mail["From"].startswith("Fabrikam Cloud <")
    text = mail.get_content()
    assert text.splitlines()[0] == "Fabrikam Cloud"
    assert "Sent by Fabrikam Cloud. Help: +1 555 0100" in text
    assert f"/accounts/login/?partner={cast.fabrikam.brand_slug}" in text
    assert not mail.is_multipart()
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/print/")
    page.emulate_media(media="print")
    slip = page.get_by_role("listitem").filter(has_text="Temporary password")
    logo = slip.get_by_role("img", name="Fabrikam Cloud")
    expect(logo).to_be_visible()
    assert logo.evaluate("image => image.decode().then(() => image.height)") > 5
    expect(slip.get_by_text("Fabrikam Cloud helps you: +1 555 0100")).to_be_visible()
