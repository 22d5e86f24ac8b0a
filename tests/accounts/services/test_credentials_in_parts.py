"""Long sheets: kept in parts, of which a page reads its own."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import CredentialSheet, Delivery, MailTo, SheetKind, User
from accounts.services.credentials import (
    PART,
    Slip,
    SlipFinder,
    add_slips,
    destroy_sheet,
    last_slip,
    open_sheet,
    slips_of,
    stream_sheet,
)
from accounts.services.mail import deliver_sheet, mail_sheet
from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind
from customers.services.batches import open_batch
from customers.services.customers import move_counters
from tests.accounts.sheets import add, address, readings, stored
from tests.factories import UserFactory
from tests.support.cast import Cast

# The number of the first user on a long sheet.
FIRST = 1_000_000


def some(first: int, last: int) -> list[Slip]:
    return [
        Slip(FIRST + n, f"P{n}", f"p{n}@contoso.example", f"abcd-{n}") for n in range(first, last)
    ]


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return open_batch(BatchKind.CREATE, actor=cast.alice, customer=cast.contoso)


@pytest.fixture
def sheet(cast: Cast, batch: Batch) -> CredentialSheet:
    """Of 1,200 users, who came in chunks."""
    same = {"customer": cast.contoso, "domain": cast.contoso.domains.get(), "password": ""}
    temporary = {"must_change_password": True, "temporary_password_set_at": batch.created_at}
    users = [
        User(
            pk=slip.user_id,
            user_name=slip.user_name,
            display_name=slip.display_name,
            **same,
            **temporary,
        )
        for slip in some(0, 1200)
    ]
    for user in users:
        user.fill_derived()
    User.objects.bulk_create(users)
    move_counters(cast.contoso, active=len(users))
    sheet = open_sheet(kind=SheetKind.ADDED, customer=cast.contoso, actor=cast.alice, batch=batch)
    for first, last in ((0, 300), (300, 900), (900, 1200)):
        add_slips(sheet, some(first, last))
    return sheet


def parts(sheet: CredentialSheet) -> list[tuple[int, int]]:
    return list(sheet.parts.order_by("number").values_list("number", "users"))


def numbers(slips: Iterator[Slip] | list[Slip]) -> list[int]:
    return [slip.user_id - FIRST for slip in slips]


def test_parts_are_filled_whatever_the_chunks(sheet: CredentialSheet) -> None:
    assert parts(sheet) == [(1, PART), (2, PART), (3, 200)]
    assert CredentialSheet.objects.get().users == 1200
    found = list(slips_of(sheet))
    assert [replace(slip, until=None, place=0) for slip in found] == some(0, 1200)
    assert [slip.place for slip in found] == list(range(1200))
    assert last_slip(sheet).user_id == FIRST + 1199
    assert violations() == []


@pytest.mark.parametrize(
    ("first", "last"), [(0, 100), (450, 550), (500, 1000), (1190, 1300), (1200, 1300), (0, 0)]
)
def test_any_stretch_can_be_read(sheet: CredentialSheet, first: int, last: int) -> None:
    assert numbers(slips_of(sheet, first, last)) == list(range(1200))[first:last]


def test_a_stretch_reads_its_own_parts_alone(cast: Cast, batch: Batch, settings: Settings) -> None:
    sheet = open_sheet(kind=SheetKind.ADDED, customer=cast.contoso, actor=cast.alice, batch=batch)
    add_slips(sheet, some(0, 1000))
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    add_slips(sheet, some(1000, 1200))
    assert numbers(slips_of(sheet, 1000, 1100)) == list(range(1000, 1100))
    with pytest.raises(Refused, match="its key is missing"):
        numbers(slips_of(sheet, 999, 1100))


def test_reading_asks_twice_for_each_part_of_the_stretch(sheet: CredentialSheet) -> None:
    for first, last, queries in ((0, 100, 3), (500, 1000, 3), (499, 501, 5), (0, 1200, 7)):
        with CaptureQueriesContext(connection) as captured:
            numbers(slips_of(sheet, first, last))
        assert len(captured) == queries, (first, last)


def test_a_page_of_a_long_sheet_asks_as_often_as_one_of_a_short_sheet(
    cast: Cast, sheet: CredentialSheet, client: Client
) -> None:
    client.force_login(cast.alice)
    client.get(address(sheet))
    short = add(cast, "Nora", "Nils", actor=cast.alice)
    for page in ("", "print/"):
        asked = []
        for each in (short, sheet):
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address(each, page))
            assert response.status_code == 200
            asked.append(len(captured))
        assert asked[0] == asked[1], page


def test_print_comes_in_parts_of_500(cast: Cast, sheet: CredentialSheet, client: Client) -> None:
    client.force_login(cast.alice)
    found = [
        numbers(client.get(address(sheet, "print/"), {"page": page}).context["slips"])
        for page in (1, 2, 3)
    ]
    assert [(own[0], own[-1]) for own in found] == [(0, 499), (500, 999), (1000, 1199)]


def test_the_file_is_written_part_by_part(
    cast: Cast, sheet: CredentialSheet, client: Client
) -> None:
    client.force_login(cast.alice)
    response = client.get(address(sheet, "download/"))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row[2] for row in rows[1:]] == [slip.password for slip in some(0, 1200)]
    assert readings(sheet) == [Action.SHEET_DOWNLOADED]


def test_support_staff_reads_a_part_at_a_time(cast: Cast, batch: Batch, client: Client) -> None:
    sheet = open_sheet(kind=SheetKind.ADDED, customer=cast.contoso, actor=cast.support, batch=batch)
    add_slips(sheet, some(0, 600))
    client.force_login(cast.support)
    show = f"/admin/accounts/credentialsheet/{sheet.pk}/show/"
    assert numbers(client.get(show).context["slips"]) == list(range(500))
    assert '<a href="?page=2">Next</a>' in client.get(show).content.decode()
    assert numbers(client.get(show, {"page": 2}).context["slips"]) == list(range(500, 600))


def test_a_file_breaks_off_where_the_sheet_is_destroyed_meanwhile(
    cast: Cast, sheet: CredentialSheet
) -> None:
    slips = stream_sheet(sheet, actor=cast.alice, action=Action.SHEET_DOWNLOADED)
    assert next(slips).user_id == FIRST
    destroy_sheet(sheet, actor=cast.alice)
    assert stored(sheet) == []
    with pytest.raises(Refused, match="These passwords were deleted"):
        numbers(slips)
    assert violations() == []


def test_slips_are_found_in_any_order(sheet: CredentialSheet) -> None:
    finder = SlipFinder(sheet)
    for user in (0, 499, 500, 1199, 3, 700):
        slip = finder.find(FIRST + user)
        assert slip
        assert slip.user_id == FIRST + user
    assert finder.find(5000) is None
    with CaptureQueriesContext(connection) as captured:
        for user in range(600, 700):
            finder.find(FIRST + user)
    assert len(captured) <= 2 * 100 + 3


def test_a_list_too_long_for_a_mail_says_what_to_do(
    cast: Cast, sheet: CredentialSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.services.mail.LISTED", 1199)
    with pytest.raises(Refused, match=r"up to 1,199 users\. Download the passwords instead"):
        mail_sheet(sheet, MailTo.SELF, actor=cast.alice)
    assert not Delivery.objects.exists()


@pytest.mark.usefixtures("mailbox")
def test_each_person_of_a_long_sheet_is_mailed_with_few_questions(cast: Cast, batch: Batch) -> None:
    users = UserFactory.create_batch(
        3,
        customer=cast.contoso,
        alternate_email="p@mail.example",
        must_change_password=True,
        temporary_password_set_at=batch.created_at,
    )
    sheet = open_sheet(kind=SheetKind.ADDED, customer=cast.contoso, actor=cast.alice, batch=batch)
    strangers = some(10_000_000, 10_000_000 + 1_200)
    own = [Slip(user.pk, "P", user.user_name, "abcd") for user in users]
    add_slips(sheet, [own[0], *strangers[:600], own[1], *strangers[600:], own[2]])
    assert mail_sheet(sheet, MailTo.USER, actor=cast.alice) == 3
    assert deliver_sheet(sheet.pk) == 3
