"""Whatever the provider uses of allauth that allauth does not promise to keep: here alone.

Its own views parse the signing key for each token, demand PKCE of public clients only, know neither
`auth_time` nor sessions, and keep the family of a refresh token that was used twice. Beneath them
are the parts that do it right. tests/applications/oidc/test_allauth_internals.py says what is
relied upon, so that a new version is one test to read.
"""

from allauth.core.internal.httpkit import extract_basic_auth
from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.server import (
    claim_authorization_code,
    generate_opaque_token,
    validate_code_challenge_method,
)
from allauth.idp.oidc.internal.oauthlib.utils import (
    convert_response,
    extract_params,
    get_validator_context,
)

__all__ = [
    "OAuthLibRequestValidator",
    "claim_authorization_code",
    "convert_response",
    "extract_basic_auth",
    "extract_params",
    "generate_opaque_token",
    "get_validator_context",
    "load_jwk_from_pem",
    "validate_code_challenge_method",
]
