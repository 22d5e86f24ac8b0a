"""A sheet in parts and in words: its heading, the time that is left, which slips a page has."""

from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import CredentialSheet, SheetKind, User
from accounts.services.credentials import Slip
from accounts.services.expiry import password_until
from accounts.views.passwords.base import (
    Part,
    SheetRow,
    as_text,
    just_made,
    title,
    valid_until,
)


def sheet(users: int = 1, kind: str = SheetKind.ADDED, **fields: object) -> CredentialSheet:
    now = timezone.now()
    given = {"created_at": now, "expires_at": now + timedelta(hours=24), **fields}
    return CredentialSheet(users=users, kind=kind, **given)


def request_for(page: str) -> HttpRequest:
    return RequestFactory().get("/sheet/", {"page": page} if page else {})


@pytest.mark.parametrize(
    "kind, users, heading",
    [
        (SheetKind.ADDED, 1, "User added"),
        (SheetKind.ADDED, 2, "Users added"),
        (SheetKind.RESET, 1, "Password reset"),
        (SheetKind.RESET, 2, "Passwords reset"),
    ],
)
def test_the_heading_says_what_was_done_to_how_many(kind: str, users: int, heading: str) -> None:
    assert title(sheet(users, kind)) == SheetRow(sheet(users, kind)).title == heading


@pytest.mark.parametrize(
    "left, words",
    [
        (timedelta(hours=23, minutes=59, seconds=30), "24 hours"),
        (timedelta(hours=23, minutes=30), "24 hours"),
        (timedelta(hours=1, seconds=30), "2 hours"),
        (timedelta(minutes=59, seconds=30), "60 minutes"),
        (timedelta(seconds=50), "1 minute"),
        (timedelta(seconds=-50), "1 minute"),
    ],
)
def test_the_time_left_is_in_hours_and_in_the_last_one_in_minutes(
    left: timedelta, words: str
) -> None:
    assert SheetRow(sheet(expires_at=timezone.now() + left)).time_left == words


@pytest.mark.parametrize(
    "page, number, first, last",
    [
        ("", 1, 1, 10),
        ("1", 1, 1, 10),
        ("2", 2, 11, 20),
        ("3", 3, 21, 25),
        ("4", 3, 21, 25),
        ("0", 1, 1, 10),
        ("-1", 1, 1, 10),
        ("x", 1, 1, 10),
        ("9" * 40, 1, 1, 10),
    ],
)
def test_a_part_is_one_that_there_is(page: str, number: int, first: int, last: int) -> None:
    part = Part.asked_for(request_for(page), sheet(25), 10)
    assert (part.number, part.first, part.last, part.count, part.of) == (number, first, last, 3, 25)


@pytest.mark.parametrize("users", [0, 1, 10])
def test_a_sheet_of_one_part_needs_no_pager(users: int) -> None:
    request = request_for("")
    part = Part.asked_for(request, sheet(users), 10)
    assert part.pager(request) is None
    assert part.last == users


def test_the_pager_leads_neither_before_the_first_nor_behind_the_last() -> None:
    first, middle, last = (
        Part.asked_for(request_for(page), sheet(25), 10).pager(request_for(page))
        for page in ("1", "2", "3")
    )
    assert first is not None
    assert middle is not None
    assert last is not None
    assert (first.previous_url, first.first_url) == (None, None)
    assert (last.next_url, last.last_url) == (None, None)
    assert "page=3" in str(middle.next_url)
    assert "page=2" in str(last.previous_url)


def test_only_its_maker_has_just_made_it(settings: Settings) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    maker, other = User(pk=1), User(pk=2)
    fresh = sheet(by_id=1)
    assert just_made(fresh, maker)
    assert not just_made(fresh, other)
    old = sheet(by_id=1, created_at=timezone.now() - timedelta(seconds=301))
    assert not just_made(old, maker)


def test_what_is_copied_has_name_and_password() -> None:
    text = as_text(Slip(1, "Ada", "ada@contoso.example", "abcd-efgh"))
    assert text.splitlines() == [
        "User name: ada@contoso.example",
        "Temporary password: abcd-efgh",
    ]


def test_a_password_is_valid_from_when_it_was_made(settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 7
    made = timezone.now() - timedelta(days=2)
    assert password_until(User(temporary_password_set_at=made)) == made + timedelta(days=7)
    assert valid_until(sheet(created_at=made)) == made + timedelta(days=7)


@pytest.mark.parametrize(
    ("slips", "days"),
    [([30], 37), ([30, None], 7), ([30, 20], 27)],
    ids=["one who starts later", "another now", "two who start later"],
)
def test_the_days_of_a_password_count_from_the_first_day(
    slips: list[int | None], days: int, settings: Settings
) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 7
    made = timezone.now()
    told = [
        Slip(1, "Nora", "nora", "ab-cd", starts_at=made + timedelta(days=begin) if begin else None)
        for begin in slips
    ]
    assert valid_until(sheet(created_at=made), told) == made + timedelta(days=days)
