"""Whatever the portal uses of allauth that allauth does not promise to keep: here and nowhere else.

What is public there does not suffice for limits that say how long to wait, for ceremonies bound to
their purpose, and for codes that the database knows as spent. `pyproject.toml` holds allauth below
the next minor version; tests/accounts/signin/test_allauth_internals.py says what is relied upon,
so that a new version is one test to read.
"""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import (
    STATE_SESSION_KEY,
    WebAuthn,
    begin_registration,
    complete_authentication,
    parse_authentication_response,
)

__all__ = [
    "LOGIN_SESSION_KEY",
    "STATE_SESSION_KEY",
    "RecoveryCodes",
    "WebAuthn",
    "begin_registration",
    "compare_user_code",
    "complete_authentication",
    "format_hotp_value",
    "generate_totp_secret",
    "get_authentication_records",
    "hotp_value",
    "parse_authentication_response",
    "ratelimit",
    "record_authentication",
]
