"""Tokens as queries find them."""

from datetime import timedelta

from django.utils import timezone

from api.models import Token
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_the_living_are_neither_revoked_nor_over(cast: Cast) -> None:
    living, over, revoked = (token_of(cast.alice).token for _number in range(3))
    now = timezone.now()
    Token.objects.filter(pk=over.pk).update(ends_at=now)
    Token.objects.filter(pk=revoked.pk).update(revoked_at=now)
    assert list(Token.objects.living()) == [living]
    assert [token.is_living for token in Token.objects.order_by("pk")] == [True, False, False]
    assert not Token.objects.living(now + timedelta(days=31)).exists()


def test_a_list_has_the_newest_first(cast: Cast) -> None:
    tokens = [token_of(cast.alice).token for _number in range(2)]
    assert list(Token.objects.for_list()) == tokens[::-1]
    assert [str(token) for token in tokens] == ["Nightly"] * 2
    token = token_of(cast.alice, customers=[cast.contoso]).token
    assert str(token.chosen_customers.get()) == f"{token.pk}/{cast.contoso.pk}"
