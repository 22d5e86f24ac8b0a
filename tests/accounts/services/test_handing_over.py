"""What became of the passwords of a sheet, told by places and mails."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import CredentialSheet, MailTo
from accounts.services.credentials import destroy_sheet, note_copied, read_sheet, slips_of
from accounts.services.handing_over import (
    Stretch,
    counts_of,
    joined,
    not_handed_over,
    readings_of,
    states_of,
)
from customers.actions import Action
from customers.errors import Refused
from tests.accounts.services.mailing import make_sheet, send, with_address
from tests.support.cast import Cast


def left(sheet: CredentialSheet) -> list[int]:
    return [slip.place for slip in not_handed_over(sheet)]


def told(sheet: CredentialSheet) -> list[list[str]]:
    slips = list(slips_of(sheet))
    found = states_of(sheet, slips, readings_of(sheet, 0, len(slips)))
    return [[str(each.label) for each in states] for states in found]


def test_what_was_shown_alone_is_not_handed_over(cast: Cast) -> None:
    sheet = make_sheet(cast, *with_address(cast, 4))
    assert (left(sheet), told(sheet)) == ([0, 1, 2, 3], [[], [], [], []])
    read_sheet(sheet, actor=cast.alice, action=Action.SHEET_SHOWN)
    assert left(sheet) == [0, 1, 2, 3]
    read_sheet(sheet, actor=cast.alice, action=Action.SHEET_PRINTED, first=1, last=2)
    note_copied(sheet, 2, 3, actor=cast.alice)
    assert left(sheet) == [0, 3]
    assert told(sheet) == [["Shown"], ["Shown", "Printed"], ["Shown", "Copied"], ["Shown"]]


def test_mails_hand_over_once_they_were_sent(cast: Cast, mailbox: list[object]) -> None:
    ann, ben = with_address(cast, 2)
    sheet = make_sheet(cast, ann, cast.uma, ben)
    # Uma has no address.
    assert send(sheet, MailTo.USER, cast) == 2
    [uma] = not_handed_over(sheet)
    assert uma.user_id == cast.uma.pk
    assert told(sheet)[uma.place] == []
    assert sorted(map(str, (each.label for each in counts_of([sheet])[sheet.pk]))) == ["Emailed"]
    assert [each.users for each in counts_of([sheet])[sheet.pk]] == [2]
    assert send(sheet, MailTo.SELF, cast) == 1
    assert left(sheet) == []
    assert told(sheet) == [["Emailed"]] * 3
    assert [each.users for each in counts_of([sheet])[sheet.pk]] == [3]


def test_a_second_reading_of_the_same_places_is_one_row(cast: Cast) -> None:
    sheet = make_sheet(cast, cast.uma)
    for _time in range(2):
        read_sheet(sheet, actor=cast.alice, action=Action.SHEET_PRINTED)
    read_sheet(sheet, actor=cast.alice, action=Action.SHEET_SHOWN)
    first, second = readings_of(sheet, 0, 1)
    assert (first.by_way, second.by_way) == ("printed", "shown")
    assert first.at < second.at


def test_nothing_is_noted_for_whom_the_sheet_is_not(cast: Cast) -> None:
    sheet = make_sheet(cast, cast.uma)
    for actor in (cast.bob, cast.charlie, cast.uma):
        with pytest.raises(Refused):
            note_copied(sheet, 0, 1, actor=actor)
    with pytest.raises(Refused) as caught:
        note_copied(sheet, 0, 2, actor=cast.alice)
    assert caught.value.code == "place-unknown"
    assert sheet.readings.count() == 0


def test_what_can_no_longer_be_read_waits_for_nobody(cast: Cast, settings: Settings) -> None:
    sheet = make_sheet(cast, cast.uma)
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    assert left(sheet) == []
    destroy_sheet(sheet, actor=cast.alice)
    assert left(sheet) == []
    with pytest.raises(Refused) as caught:
        note_copied(sheet, 0, 1, actor=cast.alice)
    assert caught.value.code == "sheet-gone"


def test_counts_of_many_sheets_are_two_questions(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sheets = [make_sheet(cast, user) for user in with_address(cast, 3)]
    read_sheet(sheets[0], actor=cast.alice, action=Action.SHEET_PRINTED)
    with django_assert_num_queries(2):
        found = counts_of(sheets)
    assert [len(found[sheet.pk]) for sheet in sheets] == [1, 0, 0]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], []),
        ([(0, 2), (2, 4)], [(0, 4)]),
        ([(5, 9), (0, 2), (1, 3)], [(0, 3), (5, 9)]),
        ([(0, 9), (2, 3)], [(0, 9)]),
    ],
)
def test_stretches_that_touch_are_one(stretches: list[Stretch], expected: list[Stretch]) -> None:
    assert joined(stretches) == expected
