"""Passwords to hand over: who reads them, how, and when they are gone."""

import csv
import io
import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from accounts.services.users import NewUser, add_users, choose_password, reset_passwords
from accounts.signin.zones import home_zone
from customers.actions import Action
from customers.models import AuditEvent, Customer
from customers.roles import Role
from customers.views.downloads import file_name
from tests.accounts.sheets import add, address, readings, slips, stored
from tests.accounts.verbs import delete
from tests.factories import StaffFactory, UserFactory, to_start
from tests.support.cast import Cast
from tests.support.html import problems


@pytest.fixture
def gail(client: Client, cast: Cast) -> Client:
    client.force_login(cast.gail)
    return client


def sheet_list(customer: Customer) -> str:
    return f"/customers/{customer.pk}/passwords/"


PAGES = ["", "print/", "mail/", "download/", "done/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("gail", 200), ("alice", 200), ("bob", 404), ("sally", 403), ("uma", 403), ("charlie", 404)],
)
def test_only_the_maker_and_the_partners_account_admins_read(
    client: Client, cast: Cast, page: str, who: str, status: int
) -> None:
    sheet = add(cast, "Nora")
    client.force_login(getattr(cast, who))
    assert client.get(address(sheet, page)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_a_sheet_under_another_customer_is_not_there(client: Client, cast: Cast, page: str) -> None:
    sheet = add(cast, "Nora", actor=cast.alice)
    client.force_login(cast.alice)
    other = f"/customers/{cast.northwind.pk}/passwords/{sheet.pk}/{page}"
    assert client.get(other).status_code == 404
    assert client.get(sheet_list(cast.northwind) + f"99999/{page}").status_code == 404
    assert readings(sheet) == []


@pytest.mark.parametrize(
    ("page", "action"),
    [
        ("", Action.SHEET_SHOWN),
        ("print/", Action.SHEET_PRINTED),
        ("download/", Action.SHEET_DOWNLOADED),
    ],
)
def test_each_reading_is_in_the_log_and_never_in_a_cache(
    gail: Client, cast: Cast, page: str, action: Action
) -> None:
    sheet = add(cast, "Nora")
    for _time in range(2):
        response = gail.get(address(sheet, page))
        assert "no-store" in response["Cache-Control"]
    assert readings(sheet) == [action, action]
    assert AuditEvent.objects.filter(action=action, actor_id=cast.gail.pk).count() == 2


@pytest.mark.parametrize(
    ("kind", "names", "heading"),
    [
        ("added", ["Nora"], "User added"),
        ("added", ["Nora", "Nils"], "Users added"),
        ("reset", ["Nora"], "Password reset"),
        ("reset", ["Nora", "Nils"], "Passwords reset"),
    ],
)
def test_the_heading_says_what_was_done(
    gail: Client, cast: Cast, kind: str, names: list[str], heading: str
) -> None:
    sheet = add(cast, *names)
    if kind == "reset":
        users = list(User.objects.filter(display_name__in=names))
        sheet = reset_passwords(users, customer=cast.contoso, actor=cast.gail).sheet
    html = gail.get(address(sheet)).content.decode()
    assert f"<h1>{heading}</h1>" in html
    for slip in slips(sheet):
        assert slip.user_name in html
        assert re.search(rf'<span class="secret[^>]*>{slip.password}<', html)
    assert ("Add another user" in html) == (kind == "added")
    assert problems(html) == []


def test_copy_holds_user_name_and_password(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora")
    [slip] = slips(sheet)
    text = f"User name: nora@contoso.example\nTemporary password: {slip.password}"
    assert gail.get(address(sheet)).context["to_copy"] == text


def test_add_another_user_leads_to_the_same_set(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", "Nils")
    nils = User.objects.get(display_name="Nils")
    url = f"/customers/{cast.contoso.pk}/users/add/?sheet={sheet.pk}&like={nils.pk}"
    assert gail.get(address(sheet)).context["add_url"] == url


def test_add_another_user_is_for_the_maker_alone(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    assert client.get(address(add(cast, "Nora"))).context["add_url"] == ""


def test_it_says_when_a_user_starts(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora")
    assert "Sign-in is possible from" not in gail.get(address(sheet)).content.decode()
    nora = to_start(User.objects.get(display_name="Nora"))
    assert nora.starts_on is not None
    day = date_format(nora.starts_on, "DATE_FORMAT")
    for page, words in (("", "Sign-in is possible from"), ("print/", "You can sign in from")):
        assert f"{words} {day}." in gail.get(address(sheet, page)).content.decode()


def test_long_sheets_are_paged_and_printed_in_parts(
    gail: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.passwords.sheets.SHOWN", 2)
    monkeypatch.setattr("accounts.views.passwords.sheets.PRINTED", 2)
    sheet = add(cast, *(f"P{number}" for number in range(5)))
    for page in ("", "print/"):
        found = [
            [
                slip.display_name
                for slip in gail.get(address(sheet, page), {"page": n}).context["slips"]
            ]
            for n in (1, 2, 3)
        ]
        assert found == [["P0", "P1"], ["P2", "P3"], ["P4"]]
        last = gail.get(address(sheet, page), {"page": 3}).context["pager"]
        assert (last.summary, last.next_url, last.previous_url) == ("5 to 5 of 5", None, "?page=2")
        for odd in ("0", "99", "x", "-1", "9" * 30):
            assert gail.get(address(sheet, page), {"page": odd}).status_code == 200


def test_a_slip_says_all_that_one_needs(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora")
    html = gail.get(address(sheet, "print/")).content.decode()
    [slip] = slips(sheet)
    assert html.count('<li class="slip">') == 1
    for text in ("Contoso", slip.user_name, slip.password, "http://testserver/accounts/login/"):
        assert text in html
    assert problems(html) == []


def test_names_are_shown_as_text(gail: Client, cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    new = [NewUser("nora", domain, "<b>Nora</b>"), NewUser("nils", domain, "Nils")]
    sheet = add_users(new, customer=cast.contoso, actor=cast.gail).sheet
    for page in ("", "print/", "print/?as=list"):
        html = gail.get(address(sheet, page)).content.decode()
        assert "&lt;b&gt;Nora" in html
        assert "<b>Nora" not in html


def test_download_is_text_for_excel_in_which_nothing_is_a_formula(gail: Client, cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    names = ["=1+1", "+1", "-1", "@x", "'=1", "Åsa; “q”, x", "O'Hara"]
    new = [NewUser(f"user{number}", domain, name) for number, name in enumerate(names)]
    sheet = add_users(new, customer=cast.contoso, actor=cast.gail).sheet
    response = gail.get(address(sheet, "download/"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    with timezone.override(home_zone(cast.gail)):
        name = file_name("passwords", cast.contoso)
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == ["Display name", "User name", "Temporary password"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "''=1",
        "Åsa; “q”, x",
        "O'Hara",
    ]
    assert [row[2] for row in rows[1:]] == [slip.password for slip in slips(sheet)]


def test_the_list_shows_open_sheets_of_ones_own(gail: Client, cast: Cast) -> None:
    mine = add(cast, "Nora", "Nils")
    add(cast, "Nina", actor=cast.alice)
    gone = add(cast, "Nero")
    gail.post(address(gone, "done/"), {"confirmed": "yes"})
    late = add(cast, "Nemo")
    CredentialSheet.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    response = gail.get(sheet_list(cast.contoso))
    [row] = response.context["rows"]
    assert (row.sheet, row.title, row.sheet.users, row.time_left) == (
        mine,
        "Users added",
        2,
        "24 hours",
    )
    assert problems(response.content.decode()) == []
    gail.force_login(cast.alice)
    assert len(gail.get(sheet_list(cast.contoso)).context["rows"]) == 2


def test_the_list_says_whose_passwords_they_are_and_what_made_them(
    gail: Client, cast: Cast
) -> None:
    add(cast, "Nora", "Nils", "Nina")
    reset = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = gail.get(sheet_list(cast.contoso))
    assert [(row.whose, row.action) for row in response.context["rows"]] == [
        ("Uma", "Reset password"),
        ("Nora and 2 more", "Add users"),
    ]
    html = response.content.decode()
    assert f'<a href="/batches/{reset.batch.pk}/">Result: Reset password</a>' in html
    assert problems(html) == []


def test_the_last_hour_is_told_in_minutes(gail: Client, cast: Cast) -> None:
    soon = timezone.now() + timedelta(minutes=30)
    CredentialSheet.objects.filter(pk=add(cast, "Nora").pk).update(expires_at=soon)
    [row] = gail.get(sheet_list(cast.contoso)).context["rows"]
    assert row.time_left == "30 minutes"


def test_an_empty_list_says_what_will_be_here(gail: Client, cast: Cast) -> None:
    html = gail.get(sheet_list(cast.contoso)).content.decode()
    assert "Nothing to hand over" in html
    assert problems(html) == []


def test_queries_of_the_list_do_not_grow(gail: Client, cast: Cast) -> None:
    add(cast, "Nora")
    gail.get(sheet_list(cast.contoso))
    with CaptureQueriesContext(connection) as one:
        gail.get(sheet_list(cast.contoso))
    add(cast, "Nils")
    add(cast, "Nina")
    with CaptureQueriesContext(connection) as three:
        assert len(gail.get(sheet_list(cast.contoso)).context["rows"]) == 3
    assert len(three) == len(one)


def test_done_destroys_what_was_printed(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora")
    gail.get(address(sheet, "print/"))
    response = gail.post(address(sheet, "done/"))
    assert response["Location"] == f"/customers/{cast.contoso.pk}/users/"
    sheet.refresh_from_db()
    assert (stored(sheet), sheet.destroyed_at is None) == ([], False)
    assert readings(sheet) == [Action.SHEET_PRINTED, Action.SHEET_DESTROYED]
    # Once more is the same, and what is gone stays gone.
    assert gail.post(address(sheet, "done/"))["Location"] == response["Location"]
    assert gail.get(address(sheet, "done/"))["Location"] == response["Location"]
    for page in ("", "print/", "download/", "mail/"):
        html = gail.get(address(sheet, page)).content.decode()
        assert "These passwords were deleted" in html
        assert problems(html) == []
    assert readings(sheet) == [Action.SHEET_PRINTED, Action.SHEET_DESTROYED]


def test_a_sheet_whose_key_is_missing_says_so_and_can_be_closed(
    gail: Client, cast: Cast, settings: Settings
) -> None:
    sheet = add(cast, "Nora")
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    for page in ("", "print/", "download/", "mail/"):
        html = gail.get(address(sheet, page)).content.decode()
        assert "This sheet can no longer be read: its key is missing." in html
    assert readings(sheet) == []
    gail.post(address(sheet, "done/"), {"confirmed": "yes"})
    assert gail.get(sheet_list(cast.contoso)).context["rows"] == []


def test_limited_staff_reach_no_sheet_of_a_customer_that_is_not_theirs(
    client: Client, cast: Cast
) -> None:
    admin = StaffFactory.create(
        partner=cast.fabrikam, first_name="Lou", roles=[Role.ACCOUNT_ADMIN], only=[cast.northwind]
    )
    client.force_login(admin)
    assert client.get(address(add(cast, "Nora"))).status_code == 404


def test_who_was_demoted_reads_no_more(client: Client, cast: Cast) -> None:
    maker = UserFactory.create(customer=cast.contoso, first_name="Max", roles=[Role.GLOBAL_ADMIN])
    sheet = add(cast, "Nora", actor=maker)
    maker.groups.clear()
    client.force_login(maker)
    assert client.get(address(sheet)).status_code == 403


def test_a_password_that_can_no_longer_be_used_is_neither_shown_nor_printed_nor_in_the_file(
    gail: Client, cast: Cast
) -> None:
    sheet = add(cast, "Nora", "Nils", "Nina")
    nora, nils, nina = slips(sheet)
    choose_password(User.objects.get(pk=nora.user_id), "some kettles whistle at dawn")
    delete(cast, User.objects.get(pk=nils.user_id))
    gail.force_login(cast.gail)
    for page in ("", "print/", "download/"):
        response = gail.get(address(sheet, page))
        body = b"".join(response) if response.streaming else response.content
        text = body.decode()
        assert nina.password in text
        assert nora.password not in text
        assert nils.password not in text
        assert "Has chosen a password of their own" in text
        assert "Deleted" in text
    assert gail.get(address(sheet)).context["to_copy"].count("Temporary password: Deleted") == 1
    assert gail.get(address(sheet, "print/")).content.decode().count('<li class="slip">') == 1


def test_the_one_user_of_a_sheet_has_a_reason_in_place_of_the_password(
    gail: Client, cast: Cast
) -> None:
    sheet = add(cast, "Nora")
    [slip] = slips(sheet)
    choose_password(User.objects.get(pk=slip.user_id), "some kettles whistle at dawn")
    html = gail.get(address(sheet)).content.decode()
    assert slip.password not in html
    assert "Has chosen a password of their own" in html
    assert problems(html) == []
    html = gail.get(address(sheet, "mail/")).content.decode()
    assert "These passwords can no longer be used." in html
    assert problems(html) == []
