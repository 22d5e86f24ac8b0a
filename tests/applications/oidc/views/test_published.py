"""What anybody may read."""

import jwt
import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.applications.oidc.relying import RelyingParty, answered

pytestmark = pytest.mark.django_db

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/oidc/keys"


def test_discovery_names_addresses_that_answer_below_the_issuer(client: Client) -> None:
    answer = client.get(DISCOVERY)
    found = answer.json()
    assert found["issuer"] == django_settings.OIDC_ISSUER
    addresses = [value for name, value in found.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 7
    for address in addresses:
        assert address.startswith(f"{found['issuer']}/")
        path = address.removeprefix(found["issuer"])
        assert client.get(path).status_code in {200, 302, 400, 401, 404, 405}
        assert client.options(path).status_code != 404
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]


def test_discovery_claims_what_is_true(client: Client, chat: RelyingParty, umas: Client) -> None:
    found = Client().get(DISCOVERY).json()
    assert found["response_types_supported"] == ["code"]
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert found["code_challenge_methods_supported"] == ["S256"]
    tokens = chat.tokens(umas, scope=" ".join(found["scopes_supported"]))
    assert set(tokens["scope"].split()) == set(found["scopes_supported"])
    claims = chat.claims(tokens["id_token"])
    assert claims.keys() - {"nonce", "at_hash", "jti"} <= set(found["claims_supported"])
    header = jwt.get_unverified_header(tokens["id_token"])
    assert [header["alg"]] == found["id_token_signing_alg_values_supported"]
    for value in found["prompt_values_supported"]:
        assert "error=invalid_request" not in umas.get(chat.address(prompt=value))["Location"]
    assert "iss" in answered(umas.get(chat.address()))
