"""New tokens of sources in a session: sealed, and for an hour."""

from datetime import timedelta

from django.test import RequestFactory
from django.utils import timezone

from api.models import Token
from api.views.kept_source_tokens import forget_token, keep_token, kept_token
from tests.api.tokens import source_of, source_token
from tests.support.cast import Cast


def test_a_token_is_kept_sealed_until_it_is_forgotten(cast: Cast) -> None:
    made = source_token(source_of(cast.contoso, cast.gail), cast.gail)
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    keep_token(request, made.token, made.text)
    assert made.text not in str(request.session)
    assert kept_token(request, made.token) == made.text
    made.token.revoked_at = timezone.now()
    assert kept_token(request, made.token) == ""
    made.token.revoked_at = None
    forget_token(request, made.token)
    assert kept_token(request, made.token) == ""


def test_after_an_hour_and_with_other_keys_there_is_none(cast: Cast) -> None:
    made = source_token(source_of(cast.contoso, cast.gail), cast.gail)
    request = RequestFactory().get("/")
    past = (timezone.now() - timedelta(seconds=1)).timestamp()
    later = (timezone.now() + timedelta(hours=1)).timestamp()
    pk = str(made.token.pk)
    for kept in ([made.text, past], ["not sealed", later]):
        request.session = {"source-tokens": {pk: kept}}  # type: ignore[assignment]
        assert kept_token(request, Token.objects.get(pk=made.token.pk)) == ""
