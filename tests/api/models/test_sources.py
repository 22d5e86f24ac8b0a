"""Sources, their links and refusals."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from api.models import Token
from tests.api.tokens import source_of, source_token
from tests.factories import ScimLinkFactory, SourceRefusalFactory, UserFactory
from tests.support.cast import Cast


def test_a_source_knows_its_tokens_and_when_it_was_heard_last(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    assert str(source) == "Personio"
    assert source.last_contact_at is None
    first, second = (source_token(source, cast.gail).token for _number in range(2))
    assert list(source.tokens) == [first, second]
    now = timezone.now()
    Token.objects.filter(pk=first.pk).update(revoked_at=now, last_used_at=now)
    Token.objects.filter(pk=second.pk).update(last_used_at=now - timedelta(days=1))
    assert list(source.tokens) == [second]
    assert source.last_contact_at == now


def test_an_external_id_is_one_users_and_none_is_anybodys(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    users = UserFactory.create_batch(4, customer=cast.contoso)
    link = ScimLinkFactory.create(source=source, user=users[0], external_id="7")
    for user in users[1:3]:
        ScimLinkFactory.create(source=source, user=user, external_id="")
    assert str(link) == "7"
    with pytest.raises(IntegrityError), transaction.atomic():
        ScimLinkFactory.create(source=source, user=users[3], external_id="7")


def test_a_refusal_reads_as_its_sentence(cast: Cast) -> None:
    refusal = SourceRefusalFactory.create(source=source_of(cast.contoso, cast.gail))
    assert str(refusal) == refusal.sentence
