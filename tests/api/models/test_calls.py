"""Calls that are remembered, each by its token."""

import pytest
from django.db import IntegrityError, transaction

from api.models import RememberedCall
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_a_name_is_used_once_by_each_token(cast: Cast) -> None:
    one, other = token_of(cast.alice).token, token_of(cast.bob).token
    call = RememberedCall.objects.create(token=one, key="a", fingerprint="x")
    assert str(call) == f"{one.pk}/a"
    RememberedCall.objects.create(token=other, key="a", fingerprint="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        RememberedCall.objects.create(token=one, key="a", fingerprint="z")


def test_it_goes_with_its_token(cast: Cast) -> None:
    token = token_of(cast.alice).token
    RememberedCall.objects.create(token=token, key="a", fingerprint="x")
    token.delete()
    assert not RememberedCall.objects.exists()
