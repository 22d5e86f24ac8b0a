"""What the tables of requests refuse, whatever the code forgets."""

import pytest
from django.db import IntegrityError, transaction

from automation.models import LicenseRequest, RequestState
from tests.factories import LicenseRequestFactory
from tests.support.cast import Cast


def test_one_open_request_per_user_and_product_and_an_answer_has_its_date(cast: Cast) -> None:
    first = LicenseRequestFactory.create(user=cast.uma)
    same = {"user": cast.uma, "product": first.product}
    for more in ({}, {"state": RequestState.DECLINED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LicenseRequestFactory.create(**same, **more)
    LicenseRequestFactory.create(user=cast.gail, product=first.product)
    assert LicenseRequest.objects.count() == 2


def test_only_who_can_answer_a_kind_is_shown_it_as_waiting(cast: Cast) -> None:
    asked = LicenseRequestFactory.create(user=cast.uma)
    seats = LicenseRequestFactory.create(user=cast.gail, seats=2)
    rows = LicenseRequest.objects.open()
    assert set(rows.answerable_by(cast.sally)) == {asked, seats}
    assert set(rows.answerable_by(cast.bob)) == set(rows.answerable_by(cast.gail)) == {asked}
    assert set(rows.answerable_by(cast.uma)) == set()
