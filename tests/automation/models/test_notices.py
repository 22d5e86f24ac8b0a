"""Whose notices are shown to whom, and which of them are new."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from automation.models import Letter, LetterChannel, Notice, NoticeKind
from customers.models import Customer
from tests.accounts.verbs import fresh
from tests.factories import StaffFactory
from tests.support.cast import Cast


def told(user: User, key: str, customer: Customer | None = None, **more: object) -> Notice:
    return Notice.objects.create(
        user=user, kind=NoticeKind.SEATS, subject_key=key, customer=customer, **more
    )


def test_staff_who_are_limited_see_nothing_of_other_customers(cast: Cast) -> None:
    staff = StaffFactory.create(partner=cast.fabrikam)
    of_contoso, of_northwind = told(staff, "a", cast.contoso), told(staff, "b", cast.northwind)
    own = told(staff, "c")
    assert set(Notice.objects.shown_to(staff)) == {of_contoso, of_northwind, own}
    staff.limited_to_customers = True
    staff.save(update_fields=["limited_to_customers"])
    staff.allowed_customers.add(cast.contoso)
    assert set(Notice.objects.shown_to(fresh(staff))) == {of_contoso, own}


def test_the_page_has_those_that_are_meant_for_it(cast: Cast) -> None:
    shown = told(cast.alice, "a")
    told(cast.alice, "b", on_page=False)
    told(cast.bob, "a")
    read = told(cast.alice, "c", read_at=timezone.now())
    assert set(Notice.objects.on_page_of(cast.alice)) == {shown, read}
    assert list(Notice.objects.on_page_of(cast.alice).new()) == [shown]


def test_two_are_the_same_until_the_first_has_ended(cast: Cast) -> None:
    first = told(cast.alice, "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        told(cast.alice, "a")
    Notice.objects.filter(pk=first.pk).update(ended_at=timezone.now())
    told(cast.alice, "a")


def test_there_is_one_daily_mail_a_day(cast: Cast) -> None:
    now = timezone.now()
    day = {"user": cast.alice, "day": date(2027, 3, 1), "due_at": now, "created_at": now}
    Letter.objects.create(channel=LetterChannel.DAILY, **day)
    Letter.objects.create(channel=LetterChannel.AT_ONCE, **day | {"day": None})
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.create(channel=LetterChannel.DAILY, **day)
