"""What the provider relies on of allauth that allauth may change: read this first at an upgrade."""

import inspect
from dataclasses import fields
from typing import get_type_hints

import pytest
from allauth.idp.oidc.models import Token
from django.http import HttpRequest
from django.test import RequestFactory

from applications.oidc import allauth_internals as internals
from applications.oidc.server import Validator
from applications.services.tokens import SPENT
from partnerportal.local.embedded import make_signing_key
from partnerportal.sign_on import signing_keys
from tests.partnerportal.test_sign_on import env_of

# What the portal passes, by name: an argument that is renamed or new without a default is told.
SIGNATURES = {
    "claim_authorization_code": ["request"],
    "convert_response": ["headers", "body", "status"],
    "extract_basic_auth": ["headers"],
    "extract_params": ["request"],
    "generate_opaque_token": ["request"],
    "get_validator_context": [],
    "load_jwk_from_pem": ["pem"],
    "validate_code_challenge_method": ["request"],
}
# What ours stands in place of, or calls first.
OVERRIDDEN = {
    *("authenticate_client", "authenticate_client_id", "finalize_id_token", "introspect_token"),
    *("invalidate_authorization_code", "is_origin_allowed"),
    *("is_pkce_required", "save_authorization_code", "save_bearer_token", "validate_bearer_token"),
    *("revoke_token", "validate_code", "validate_redirect_uri", "validate_refresh_token"),
    *("validate_scopes", "validate_silent_authorization", "validate_user_match"),
}


def test_clients_are_looked_up_by_what_ours_stands_in_place_of() -> None:
    theirs = inspect.getattr_static(internals.OAuthLibRequestValidator, "_lookup_client")
    assert list(inspect.signature(theirs).parameters) == ["self", "request", "client_id"]


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_takes_what_it_took(name: str) -> None:
    assert list(inspect.signature(getattr(internals, name)).parameters) == SIGNATURES[name]


def test_what_is_overridden_is_there_and_nothing_else_is() -> None:
    own = {name for name, value in vars(Validator).items() if inspect.isfunction(value)}
    public = {name for name in own if not name.startswith("_")}
    assert public == OVERRIDDEN
    assert all(hasattr(internals.OAuthLibRequestValidator, name) for name in OVERRIDDEN)


def test_the_context_of_a_request_has_what_the_validator_reads() -> None:
    kind = get_type_hints(internals.get_validator_context)["return"]
    read = {"access_token", "clients", "code_tokens", "grant_id", "refresh_token"}
    assert read <= {field.name for field in fields(kind)}


def test_a_used_token_is_of_no_type_that_allauth_looks_for() -> None:
    assert SPENT not in Token.Type.values
    assert len(SPENT) == Token._meta.get_field("type").max_length


def test_basic_authentication_is_not_decoded_so_that_ids_and_secrets_need_no_encoding(
    rf: RequestFactory,
) -> None:
    # base64 of client:sec%2Dret
    request: HttpRequest = rf.post("/", headers={"Authorization": "Basic Y2xpZW50OnNlYyUyRHJldA=="})
    assert internals.extract_basic_auth(request.headers) == ("client", "sec%2Dret")


def test_the_id_of_a_key_is_its_thumbprint() -> None:
    [key] = signing_keys(env_of(), make_signing_key())
    public, private = internals.load_jwk_from_pem(key["pem"])
    assert (public["kty"], len(public["kid"]), private.key_size) == ("RSA", 43, 2_048)
    assert "d" not in public
