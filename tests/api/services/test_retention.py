"""Tokens that are over stay in the lists for 90 days, and go then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api.models import Token, TokenCustomer
from api.services import retention
from api.services.retention import SHOWN, forget_tokens
from api.services.tokens import revoke_token
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_what_ended_or_was_revoked_goes_after_90_days(cast: Cast) -> None:
    living, over, revoked = (
        token_of(cast.alice, days=days, customers=[cast.contoso]).token for days in (300, 30, 365)
    )
    revoke_token(revoked, actor=cast.alice)
    now, hour = timezone.now(), timedelta(hours=1)
    assert timedelta(days=90) == SHOWN
    assert forget_tokens(now=now + SHOWN - hour) == 0
    assert forget_tokens(now=now + SHOWN + hour) == 1
    assert set(Token.objects.all()) == {living, over}
    assert forget_tokens(now=over.ends_at + SHOWN + hour) == 1
    assert list(Token.objects.all()) == [living]
    assert list(TokenCustomer.objects.values_list("token", flat=True)) == [living.pk]


def test_many_go_in_portions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    for _number in range(5):
        token_of(cast.alice)
    assert forget_tokens(now=timezone.now() + timedelta(days=400)) == 5
    assert not Token.objects.exists()
