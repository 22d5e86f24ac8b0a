"""Secrets by which a webhook's messages are signed.

Unlike a token's they are needed again with each message: they lie sealed, with keys that are
derived from CREDENTIALS_KEYS for this alone (accounts/signin/encryption.py).
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from accounts.signin.encryption import cipher_for

from ..models import Webhook

_PURPOSE = b"partner portal: webhook secret"
# Standard Webhooks wants 24 to 64 bytes.
BYTES = 32


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(BYTES)).decode()}"


def seal_secret(secret: str) -> str:
    return cipher_for(_PURPOSE).encrypt(secret.encode()).decode()


def unseal_secret(sealed: str) -> str:
    """Return the secret, or "" where no key opens it."""
    try:
        return cipher_for(_PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def reseal_secret(sealed: str) -> str:
    """Return the same, sealed with the newest key, or as it is where no key opens it."""
    try:
        return cipher_for(_PURPOSE).rotate(sealed.encode()).decode()
    except InvalidToken:
        return sealed


def signing_secrets(webhook: Webhook) -> list[str]:
    """Return the secrets that sign now: two while one is replaced, none where no key opens them."""
    sealed = [webhook.sealed_secret, *([webhook.sealed_old_secret] if webhook.rotates else [])]
    return [secret for one in sealed if (secret := unseal_secret(one))]


def headers_for(
    message_id: str, body: str, signing: Sequence[str], *, now: datetime | None = None
) -> dict[str, str]:
    """Return the headers of a message, as Standard Webhooks has them."""
    at = now or timezone.now()
    signatures = [Signer(secret).sign(message_id, at, body) for secret in signing]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
