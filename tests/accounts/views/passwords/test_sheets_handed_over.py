"""What became of each password of a sheet, and what Done asks for that reason."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import CredentialSheet, User
from accounts.services.users import choose_password
from accounts.signin.zones import home_zone
from customers.actions import Action
from customers.models import Customer
from customers.services.partners import change_branding
from tests.accounts.sheets import add, address, readings, slips
from tests.support.cast import Cast
from tests.support.html import problems


@pytest.fixture
def gail(client: Client, cast: Cast) -> Client:
    client.force_login(cast.gail)
    return client


def sheet_list(customer: Customer) -> str:
    return f"/customers/{customer.pk}/passwords/"


def test_done_asks_for_whom_the_password_was_not_handed_over(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", "Nils", "Nina")
    # To look at them hands nothing over.
    gail.get(address(sheet))
    assert asked(gail, sheet).endswith(
        "Nora (nora@contoso.example), Nils (nils@contoso.example), Nina (nina@contoso.example)."
    )
    gail.post(address(sheet, "copied/"), {"first": "1", "end": "2"})
    sentence = "The passwords of 2 users were not printed, emailed, copied or downloaded yet: "
    names = "Nora (nora@contoso.example), Nina (nina@contoso.example)."
    assert asked(gail, sheet) == sentence + names
    # A user who has chosen a password needs none of ours.
    choose_password(User.objects.get(display_name="Nina"), "some kettles whistle at dawn")
    assert asked(gail, sheet).endswith("yet: Nora (nora@contoso.example).")
    assert slips(sheet)
    # In the list it asks in any case: nothing says there what it does.
    gail.get(address(sheet, "download/"))
    response = gail.post(address(sheet, "done/"), {"back": "list"})
    assert "Destroy these passwords?" in response.content.decode()
    assert response.context["points"] == []
    response = gail.post(address(sheet, "done/"), response.context["hidden"])
    assert response["Location"] == sheet_list(cast.contoso)
    assert CredentialSheet.objects.get().destroyed_at


def asked(client: Client, sheet: CredentialSheet) -> str:
    """The one point against Done."""
    response = client.post(address(sheet, "done/"))
    assert problems(response.content.decode()) == []
    [point] = response.context["points"]
    return str(point)


def test_done_names_twenty_and_counts_the_rest(
    gail: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.passwords.sheets.NAMED", 1)
    assert asked(gail, add(cast, "Nora", "Nils", "Nina")).endswith(
        "yet: Nora (nora@contoso.example) and 2 more."
    )


@pytest.mark.parametrize(
    "places", [{}, {"first": "0"}, {"first": "1", "end": "1"}, {"first": "0", "end": "9" * 30}]
)
def test_what_is_no_place_of_the_sheet_was_not_copied(
    gail: Client, cast: Cast, places: dict[str, str]
) -> None:
    sheet = add(cast, "Nora")
    assert gail.post(address(sheet, "copied/"), places).status_code == 409
    assert (readings(sheet), sheet.readings.count()) == ([], 0)


def test_the_page_tells_what_became_of_each_password_before(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", "Nils")
    assert handed(gail, sheet) == [[], []]
    gail.post(address(sheet, "copied/"), {"first": "0", "end": "1"})
    gail.get(address(sheet, "print/"))
    assert handed(gail, sheet) == [["Shown", "Printed", "Copied"], ["Shown", "Printed"]]
    [row] = gail.get(sheet_list(cast.contoso)).context["rows"]
    assert [(str(each.label), each.users) for each in row.handed] == [
        ("Shown", 2),
        ("Printed", 2),
        ("Copied", 1),
    ]
    assert "1 of 2" in gail.get(sheet_list(cast.contoso)).content.decode()


def handed(client: Client, sheet: CredentialSheet) -> list[list[str]]:
    rows = client.get(address(sheet)).context["slip_rows"]
    return [[str(each.label) for each in row.handed] for row in rows]


def test_a_slip_has_the_help_contact_of_the_partner_and_the_last_day(
    gail: Client, cast: Cast
) -> None:
    sheet = add(cast, "Nora")
    assert "Fabrikam" in gail.get(address(sheet, "print/")).content.decode()
    change_branding(
        cast.fabrikam, actor=cast.alice, help_phone="+1 555 0100", help_note="Mon to Fri"
    )
    [slip] = slips(sheet)
    with timezone.override(home_zone(cast.gail)):
        last = date_format(timezone.localtime(slip.until), "DATE_FORMAT")
    for page in ("print/", "print/?as=list"):
        html = gail.get(address(sheet, page)).content.decode()
        for text in ("Fabrikam", "+1 555 0100 · Mon to Fri", last, slip.password):
            assert text in html
        assert problems(html) == []
    assert readings(sheet) == [Action.SHEET_PRINTED] * 3
