"""Upload users in a browser, with a worker: from a file to users who sign in."""

import re
from email.message import EmailMessage

from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import block_users
from customers.models import Customer
from licensing.models import LicenseAssignment, Subscription
from tests.support.axe import looks_right
from tests.support.cast import Cast
from tests.support.servers import Worker
from tests.uploads import biff
from tests.uploads.test_column_cases import GOOGLE
from tests.uploads.upload_pages import PageAs, cast, choose, mail, send

__all__ = ["cast", "mail"]

PASSWORD = re.compile(r"^\w{4}-\w{4}-\w{4}$")
NEW = "seven wooden rivers"
PARTNER_CENTER = "First name,Last name,Display name,Email,Status update"
MICROSOFT_365 = (
    "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,"
    "Mobile Phone,Fax,Alternate email address,Address,City,State or Province,ZIP or Postal Code,"
    "Country or Region"
)


def figure(page: Page, label: str) -> str:
    value = page.locator(".upload-figure").filter(has_text=label).locator("dd")
    return value.inner_text()


def test_partner_centers_template_becomes_users_who_sign_in(
    mail: Subscription,
    cast: Cast,
    page_as: PageAs,
    page: Page,
    mailbox: list[EmailMessage],
    worker: Worker,
) -> None:
    alice = page_as(cast.alice)
    alice.goto(f"/customers/{cast.contoso.pk}/users/")
    alice.get_by_role("link", name="Upload users").click()
    expect(alice.get_by_role("heading", name="Upload users")).to_be_visible()
    looks_right(alice)
    lines = [
        f"{PARTNER_CENTER},Subscriptions,Pet",
        "Ada,Lovelace,,ada@contoso.example,,Mail,cat",
        "Grace,Hopper,,grace@contoso.exampel,,mail,",
        "Lin,Ek,,lin ek@contoso.example,,MAIL,",
        "Uma,,Uma,uma@contoso.example,,,",
    ]
    choose(alice, cast.contoso, lines)

    expect(alice.get_by_text("not recognized): Pet")).to_be_visible()
    grace = alice.get_by_role("row").filter(has_text="Grace")
    expect(grace).to_contain_text("contoso.exampel is not a domain of this customer")
    looks_right(alice)
    grace.get_by_role("button", name="Use grace@contoso.example").click()
    expect(alice.get_by_text("Row 3 is fixed.")).to_be_visible()
    alice.get_by_role("textbox", name="User Name, row 4").fill("lin@contoso.example")
    alice.get_by_role("textbox", name="User Name, row 4").press("Enter")
    expect(alice.get_by_text("Row 4 is fixed.")).to_be_visible()
    assert (figure(alice, "Will be added"), figure(alice, "Unchanged")) == ("3", "1")
    alice.get_by_role("button", name="Check the seats again: add 3 users").click()
    expect(alice.get_by_text("Mail: 1 seat is missing.")).to_be_visible()
    looks_right(alice)
    alice.get_by_label("Assign in file order until seats run out").check()
    alice.get_by_role("button", name="Confirm: add 3 users").click()

    expect(alice.get_by_role("heading", name="Users added")).to_be_visible()
    expect(
        alice.get_by_text("Mail: 1 user has no license because there were not enough seats.")
    ).to_be_visible()
    expect(alice.get_by_role("cell").filter(has=alice.get_by_text(PASSWORD))).to_have_count(3)
    looks_right(alice)
    password = alice.get_by_role("row").filter(has_text="lin@").get_by_text(PASSWORD).inner_text()
    result = alice.url
    _print(alice)
    alice.goto(result)
    _mail_to_oneself(alice, mailbox, password)
    alice.goto(result)
    alice.get_by_role("button", name="Done").click()
    expect(alice.get_by_text("The temporary passwords were deleted")).to_be_visible()
    alice.goto(result)
    expect(alice.get_by_text("The passwords were handed over")).to_be_visible()
    expect(alice.get_by_text(password)).to_have_count(0)
    _sign_in(page, "lin@contoso.example", password)

    choose(alice, cast.contoso, [*lines[:2], "New,Person,,new@contoso.example,,,"])
    expect(alice.get_by_role("button", name="Confirm: add 1 user")).to_be_visible()
    assert (figure(alice, "Will be added"), figure(alice, "Unchanged")) == ("1", "1")
    alice.get_by_role("link", name="Uploads").first.click()
    expect(alice.get_by_role("heading", name="Uploads")).to_be_visible()
    looks_right(alice)
    worker.wait_until_idle()
    assert LicenseAssignment.objects.live().filter(subscription=mail).count() == 2
    assert violations() == []


def _print(page: Page) -> None:
    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Print")
    page.emulate_media(media="print")
    expect(page.get_by_role("listitem").filter(has_text="lin@contoso.example")).to_be_visible()
    page.emulate_media(media="screen")


def _mail_to_oneself(page: Page, mailbox: list[EmailMessage], password: str) -> None:
    page.get_by_role("link", name="Email").click()
    page.get_by_label("Me, alice@fabrikam.example").check()
    page.get_by_role("button", name="Send email").click()
    mails = page.get_by_role("region", name="Emails").get_by_role("listitem")
    expect(mails.filter(has_text="Me ·")).to_contain_text("Sent")
    [message] = mailbox
    assert message["To"] == "alice@fabrikam.example"
    assert password in message.get_content()


def _sign_in(page: Page, user_name: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill(user_name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My apps")


def test_template_of_microsoft_365_in_the_letters_of_windows(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    row = "jorg@contoso.example;Jörg;Müller;;Ingenieur;F&E;12;;;;;Straße 1;Köln;NRW;50667;DE"
    content = f"{MICROSOFT_365.replace(',', ';')}\r\n{row}\r\n".encode("cp1252")
    choose(page, cast.contoso, content)

    expect(page.get_by_text("Read as Western European (Windows-1252)")).to_be_visible()
    page.get_by_role("button", name="Names look wrong?").click()
    expect(page.get_by_text("Choose the version in which the names look right.")).to_be_visible()
    expect(page.get_by_label("Western European (Windows-1252)").first).to_be_checked()
    looks_right(page)
    page.get_by_role("button", name="Back to Western European (Windows-1252)").click()
    expect(page.get_by_text("Read as Western European (Windows-1252)")).to_be_visible()
    page.get_by_role("button", name="Confirm: add 1 user").click()

    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    jorg = User.objects.get(username="jorg@contoso.example")
    assert (jorg.display_name, jorg.job_title, jorg.city) == ("Jörg Müller", "Ingenieur", "Köln")
    assert (str(jorg.country), str(jorg.usage_location)) == ("DE", "DE")


def test_an_export_of_google_goes_from_the_file_to_users_added_without_a_question(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    choose(page, cast.contoso, GOOGLE, name="User_Download_29112026.csv")

    expect(page.get_by_text("This looks like an export of Google Workspace.")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Confirm: add 1 user").click()

    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    anna = User.objects.get(username="anna.berg@contoso.example")
    assert (anna.display_name, anna.alternate_email) == ("Anna Berg", "anna@home.example")


def test_an_old_workbook_goes_from_the_file_to_users_added_without_a_question(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    cells = biff.lines([["Email", "Display name", "PLZ"], ["anna@contoso.example", "Anna Berg"]])
    content = biff.old_workbook(cells + biff.number(1, 2, 2138, 1), formats=["00000"])
    choose(page, cast.contoso, content, name="Staff.xls")

    expect(page.get_by_text("Read from the sheet S0.")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Confirm: add 1 user").click()

    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    anna = User.objects.get(username="anna@contoso.example")
    assert (anna.display_name, anna.postal_code) == ("Anna Berg", "02138")


def test_columns_that_nobody_knows_are_said_once(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    lines = ["Kennung,Wer", "ada@contoso.example,Ada"]
    choose(page, cast.contoso, lines)
    expect(page.get_by_text("No heading was recognized as the user name.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Wer").select_option("Display Name")
    page.get_by_label("Kennung").select_option("Ignore this column")
    page.get_by_role("button", name="Validate").click()
    refused = page.get_by_text("Say which column holds the user names.")
    expect(refused).to_be_visible()
    page.reload()
    expect(refused).to_be_visible()
    expect(page.get_by_label("Wer")).to_have_value("display_name")
    page.get_by_label("Kennung").select_option("User Name")
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("button", name="Confirm: add 1 user")).to_be_visible()
    page.go_back()
    expect(refused).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("button", name="Confirm: add 1 user")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The upload is canceled. Nothing was added.")).to_be_visible()

    choose(page, cast.contoso, lines)

    expect(page.get_by_role("button", name="Confirm: add 1 user")).to_be_visible()
    assert not User.objects.filter(username="ada@contoso.example").exists()


def test_long_file_shows_progress_and_may_be_left(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    lines = [f"u{at}@contoso.example,User {at}" for at in range(3_000)]
    choose(page, cast.contoso, ["User Name,Display Name", *lines])
    confirm = page.get_by_role("button", name="Confirm: add 3,000 users")
    expect(confirm).to_be_visible()
    with transaction.atomic():
        # Someone holds what is locked last, so that the worker stands near the end.
        Customer.objects.select_for_update(no_key=True).get(pk=cast.contoso.pk)
        confirm.click()
        expect(
            page.get_by_text("Nothing is saved until the whole file has been processed")
        ).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        looks_right(page)
        page.get_by_role("link", name="Uploads").first.click()
        row = page.get_by_role("row").filter(has_text="people.csv")
        expect(row).to_contain_text("Being added")
        assert User.objects.filter(display_name__startswith="User ").count() == 0
        row.get_by_role("link", name="people.csv").click()
        expect(
            page.get_by_text("Nothing is saved until the whole file has been processed")
        ).to_be_visible()

    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    assert figure(page, "Added") == "3,000"
    assert violations() == []


def test_upload_is_undone_but_for_users_changed_since(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    lines = ["User Name,Display Name,Subscriptions", "ada@contoso.example,Ada,Mail"]
    choose(page, cast.contoso, [*lines, "joan@contoso.example,Joan,Mail"])
    page.get_by_role("button", name="Confirm: add 2 users").click()
    expect(page.get_by_role("heading", name="Users added")).to_be_visible()
    joan = User.objects.get(username="joan@contoso.example")
    block_users([joan], customer=cast.contoso, actor=cast.alice)

    page.get_by_role("link", name="Undo upload").click()
    expect(
        page.get_by_text("1 user who was added is deleted. Restore is possible for 30 days.")
    ).to_be_visible()
    expect(page.get_by_text("Joan has since been changed by Alice")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("row", name="Joan")).to_contain_text("Unchanged")
    assert not User.objects.filter(username="ada@contoso.example").exists()
    assert User.objects.filter(pk=joan.pk, deleted_at=None).exists()
    assert [*violations()] == []


def test_names_alone_and_a_ticked_subscription_end_in_licenses_updated(
    mail: Subscription, cast: Cast, page_as: PageAs
) -> None:
    page = page_as(cast.alice)
    page.goto(f"/customers/{cast.contoso.pk}/users/upload/")
    page.get_by_role("checkbox", name="Mail").check()
    send(page, ["User Name", "uma@contoso.example", "nobody@contoso.example"], name="names.csv")
    expect(page.get_by_role("heading", name="1 existing user: assign Mail?")).to_be_visible()
    assert (figure(page, "Waiting for your answer"), figure(page, "Errors")) == ("1", "1")
    looks_right(page)

    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Confirm also assigns Mail to 1 existing user.")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Confirm: change 1 user").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Licenses updated")
    held = LicenseAssignment.objects.live().filter(subscription=mail)
    assert [assignment.user for assignment in held] == [cast.uma]
    page.get_by_role("link", name="Undo upload").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Licenses updated")
    assert not held.all().exists()
    assert violations() == []
