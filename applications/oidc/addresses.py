"""Where the provider is: addresses below the issuer's, whatever name a request came by."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from .claims import CLAIMS, SCOPES
from .keys import ALGORITHM
from .standing import ONE_STEP, TWO_STEPS


def address_of(name: str) -> str:
    return f"{settings.OIDC_ISSUER}{reverse(f'oidc:{name}')}"


def metadata() -> dict[str, Any]:
    """Return the discovery document: what there is, and no more."""
    secret = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": settings.OIDC_ISSUER,
        "authorization_endpoint": address_of("authorize"),
        "token_endpoint": address_of("token"),
        "userinfo_endpoint": address_of("userinfo"),
        "jwks_uri": address_of("jwks"),
        "introspection_endpoint": address_of("introspect"),
        "revocation_endpoint": address_of("revoke"),
        "end_session_endpoint": address_of("logout"),
        "scopes_supported": SCOPES,
        "claims_supported": ["iss", "aud", "exp", "iat", "auth_time", "amr", "acr", "sid", *CLAIMS],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": [*secret, "none"],
        "introspection_endpoint_auth_methods_supported": secret,
        "revocation_endpoint_auth_methods_supported": [*secret, "none"],
        "acr_values_supported": [ONE_STEP, TWO_STEPS],
        "prompt_values_supported": ["none", "login", "select_account"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
