"""Addresses of the API, as clients write them."""

import pytest
from django.test import Client

from tests.api.caller import script_of
from tests.api.tokens import token_of
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("GET", "//customers", 200),
        ("GET", "/customers/", 200),
        ("POST", "/me", 405),
        ("DELETE", "/customers", 405),
        ("GET", "/customers?filter=%00", 400),
    ],
)
def test_addresses_as_clients_write_them(cast: Cast, method: str, path: str, status: int) -> None:
    answer = script_of(cast.alice)(method, path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"a": "\\u0000"}', b"\xff", b"[" * 99_999]
)
def test_a_body_that_is_none_is_told(cast: Cast, body: bytes) -> None:
    made = token_of(cast.alice)
    answer = Client().post(
        "/v1/customers",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {made.text}"},
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == 3_000
