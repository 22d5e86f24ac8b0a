"""Signatures that libraries of others verify; what was changed or is too old is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from api.models import Webhook
from api.services.webhook_secrets import (
    headers_for,
    new_secret,
    seal_secret,
    signing_secrets,
    unseal_secret,
)

BODY = '{"type":"user.added"}'


def test_a_secret_is_random_and_lies_sealed() -> None:
    secrets = {new_secret() for _number in range(50)}
    assert len(secrets) == 50
    assert {secret[:6] for secret in secrets} == {"whsec_"}
    [secret, *_others] = secrets
    sealed = seal_secret(secret)
    assert secret not in sealed
    assert unseal_secret(sealed) == secret
    assert unseal_secret(sealed[:-5]) == ""


def test_each_secret_that_signs_is_enough_for_a_receiver() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    webhook = Webhook(
        sealed_secret=seal_secret(new),
        sealed_old_secret=seal_secret(old),
        old_secret_until=timezone.now() + timedelta(hours=1),
    )
    headers = headers_for("msg_1", BODY, signing_secrets(webhook))
    for secret in (old, new):
        assert Verifier(secret).verify(BODY, headers) == {"type": "user.added"}
    with pytest.raises(WebhookVerificationError):
        Verifier(other).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(new).verify(BODY.replace("added", "removed"), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(new).verify(BODY, {**headers, "webhook-id": "msg_2"})


def test_an_old_message_is_not_taken_for_a_new_one() -> None:
    secret = new_secret()
    long_ago = timezone.now() - timedelta(minutes=6)
    headers = headers_for("msg_1", BODY, [secret], now=long_ago)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Verifier(secret).verify(BODY, headers)
