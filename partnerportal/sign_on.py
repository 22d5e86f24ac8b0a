"""The settings of single sign-on: in whose name tokens are issued, and the keys that sign them."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from .checked import Checked

KEY_BITS = 2_048


def issuer(env: Checked, *, https: bool, hosts: Sequence[str]) -> str:
    """Return the address by which applications know the portal: they compare every letter."""
    default = f"http{'s' * https}://{hosts[0] if hosts else 'localhost'}"
    if env.embedded:
        default = f"http://localhost:{env.str('PORT', default='8000')}"
    address = env.address("OIDC_ISSUER", ("https", "http"), default=default).rstrip("/")
    unsafe = https and not address.startswith("https://")
    env.forbid("OIDC_ISSUER", "must begin with https:// while HTTPS is on", when=unsafe)
    shared = "://." in address
    env.forbid("OIDC_ISSUER", "must name the one host that applications know", when=shared)
    return address


def signing_keys(env: Checked, text: str) -> list[dict[str, Any]]:
    """Return the keys as allauth takes them: `DATE:KEY, KEY`, each the base64 of a PKCS#8 in DER.

    One with a date is published at once, and signs from that day on; of several that may sign, the
    one with the latest date does.
    """
    found: list[dict[str, Any]] = []
    for number, part in enumerate(text.split(",") if text else (), 1):
        date, _colon, encoded = part.strip().rpartition(":")
        try:
            begins = datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None
            key = load_der_private_key(base64.b64decode(encoded, validate=True), None)
        except (TypeError, ValueError):
            problem = f"is wrong: key {number} is no private key, or what is before it is no date"
            env.forbid("OIDC_KEYS", problem, when=True)
            continue
        if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS:
            problem = f"is weak: give key {number} RSA with {KEY_BITS} bits or more"
            env.forbid("OIDC_KEYS", problem, when=True)
            continue
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        found.append({"pem": pem, "not_before": begins})
    pems = {key["pem"] for key in found}
    env.forbid("OIDC_KEYS", "has one of its keys twice", when=len(pems) < len(found))
    now = datetime.now(UTC)
    signs = not found or any(not key["not_before"] or key["not_before"] <= now for key in found)
    env.forbid("OIDC_KEYS", "has no key that signs today: leave one without a date", when=not signs)
    return found
