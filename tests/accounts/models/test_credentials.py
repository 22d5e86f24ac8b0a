"""Credential sheets in the database: which are open, to whom, and that no mail goes twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
from tests.support.cast import Cast


def make_sheet(cast: Cast, **fields: Any) -> CredentialSheet:
    now = timezone.now()
    values = {"customer": cast.contoso, "by": cast.bob, "kind": SheetKind.RESET, "users": 2}
    times = {"created_at": now, "expires_at": now + timedelta(hours=24)}
    sheet: CredentialSheet = CredentialSheet.objects.create(**{**values, **times, **fields})
    return sheet


def test_a_sheet_is_open_until_it_is_destroyed_or_its_hours_are_over(cast: Cast) -> None:
    now = timezone.now()
    fresh = make_sheet(cast)
    over = make_sheet(cast, expires_at=now - timedelta(seconds=1))
    destroyed = make_sheet(cast, destroyed_at=now)
    assert [sheet.is_open for sheet in (fresh, over, destroyed)] == [True, False, False]
    assert list(CredentialSheet.objects.open()) == [fresh]
    assert list(CredentialSheet.objects.expired()) == [over]


def test_a_sheet_that_was_destroyed_is_not_destroyed_again_when_its_hours_are_over(
    cast: Cast,
) -> None:
    now = timezone.now()
    make_sheet(cast, destroyed_at=now, expires_at=now - timedelta(days=1))
    assert not CredentialSheet.objects.expired().exists()


def test_account_admins_read_the_sheets_of_their_partner_and_others_their_own(cast: Cast) -> None:
    bobs = make_sheet(cast)
    gails = make_sheet(cast, by=cast.gail)
    theirs = make_sheet(cast, customer=cast.adatum, by=cast.charlie)
    readable = {
        user: set(CredentialSheet.objects.readable_by(user))
        for user in (cast.alice, cast.bob, cast.gail, cast.charlie, cast.sally)
    }
    assert readable == {
        cast.alice: {bobs, gails},
        cast.bob: {bobs},
        cast.gail: {gails},
        cast.charlie: {theirs},
        cast.sally: set(),
    }


def test_the_newest_sheet_comes_first_and_says_what_it_is(cast: Cast) -> None:
    first, second = make_sheet(cast), make_sheet(cast, kind=SheetKind.ADDED, users=7)
    assert list(CredentialSheet.objects.all()) == [second, first]
    assert [str(first), str(second)] == ["Passwords reset (2)", "Users added (7)"]


def test_a_part_of_a_sheet_stands_once(cast: Cast) -> None:
    sheet = make_sheet(cast)
    part = CredentialSheetPart.objects.create(sheet=sheet, number=1, ciphertext="x", users=1)
    assert str(part) == f"{sheet.pk}/1"
    with pytest.raises(IntegrityError), transaction.atomic():
        CredentialSheetPart.objects.create(sheet=sheet, number=1, ciphertext="y", users=1)


def test_a_user_is_mailed_once_of_a_sheet(cast: Cast) -> None:
    sheet = make_sheet(cast)
    same = {"sheet": sheet, "to": MailTo.USER, "user": cast.uma}
    delivery = Delivery.objects.create(**same, by=cast.bob)
    assert (delivery.state, str(delivery)) == (DeliveryState.WAITING, f"{sheet.pk}/person waiting")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(**same, by=cast.alice)
    Delivery.objects.create(sheet=make_sheet(cast), to=MailTo.USER, user=cast.uma, by=cast.bob)


def test_a_list_is_mailed_once_until_it_has_grown(cast: Cast) -> None:
    same = {"sheet": make_sheet(cast), "to": MailTo.SELF, "by": cast.bob}
    Delivery.objects.create(**same, users=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(**same, users=2)
    Delivery.objects.create(**same, users=3)
    assert Delivery.objects.count() == 2


def test_a_delivery_waits_from_the_moment_that_it_is_asked_for(cast: Cast) -> None:
    before = timezone.now()
    delivery = Delivery.objects.create(sheet=make_sheet(cast), to=MailTo.SELF, by=cast.bob)
    assert before <= delivery.waiting_since <= timezone.now()
    assert (delivery.claimed_at, delivery.sent_at) == (None, None)
