"""Seals as rows: one chain, whose numbers are dense and whose owners have their own."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import AuditCount, AuditSeal
from tests.support.cast import Cast


def seal(number: int, **values: Any) -> AuditSeal:
    now = timezone.now()
    known: dict[str, Any] = {
        "first_id": number * 10,
        "last_id": number * 10 + 5,
        "count": 3,
        "last_at": now,
        "made_at": now,
        "version": 1,
        "key_id": "one",
    }
    return AuditSeal.objects.create(number=number, **{**known, **values})


def test_seals_come_in_the_order_of_the_chain(cast: Cast) -> None:
    third, first, second = seal(3), seal(1), seal(2)
    assert list(AuditSeal.objects.in_order()) == [first, second, third]


def test_each_partner_has_its_own_and_nobody_too(cast: Cast) -> None:
    fabrikams = seal(1, partner=cast.fabrikam)
    litwares = seal(2, partner=cast.litware)
    nobodys = seal(3)
    assert list(AuditSeal.objects.of_owner(cast.fabrikam.pk)) == [fabrikams]
    assert list(AuditSeal.objects.of_owner(cast.litware.pk)) == [litwares]
    assert list(AuditSeal.objects.of_owner(None)) == [nobodys]
    assert list(AuditSeal.objects.of_owner(0)) == []


def test_no_two_seals_have_one_number(cast: Cast) -> None:
    seal(1, partner=cast.fabrikam)
    with pytest.raises(IntegrityError), transaction.atomic():
        seal(1, partner=cast.litware)


def test_rows_say_what_they_cover() -> None:
    assert str(AuditSeal(number=4, first_id=10, last_id=19)) == "4: 10–19"
    assert str(AuditCount(partner_id=7, count=12)) == "7: 12"
    assert str(AuditCount(count=12)) == "None: 12"
