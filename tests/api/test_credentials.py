"""What a token is made of, and the hour that a client secret is exchanged for."""

import time

import jwt
import pytest
from pytest_django import Settings

from api.credentials import (
    AUDIENCE,
    PATTERN,
    SECONDS,
    TYPE,
    access_for,
    draw,
    secret_of_access,
)
from api.models import TokenKind
from applications.oidc.keys import sign
from customers.roles import Role
from tests.api.tokens import integration, token_of
from tests.support.cast import Cast


def test_each_is_another_and_scanners_know_it() -> None:
    drawn = [draw() for _number in range(50)]
    assert len({one.text for one in drawn}) == len({one.prefix for one in drawn}) == 50
    for one in drawn:
        assert PATTERN.fullmatch(one.text)
        assert one.text.startswith(one.prefix)
        assert len(one.prefix) == 12
        assert one.text not in repr(one)


@pytest.fixture
def secret(cast: Cast) -> str:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token = token_of(sync, kind=TokenKind.SECRET, actor=cast.alice).token
    return access_for(token)


def test_access_names_its_secret_and_client_for_an_hour(secret: str, cast: Cast) -> None:
    claims = jwt.decode(secret, options={"verify_signature": False})
    assert jwt.get_unverified_header(secret)["typ"] == TYPE
    assert (claims["aud"], claims["exp"] - claims["iat"]) == (AUDIENCE, SECONDS)
    assert claims["sub"] == claims["appid"]
    assert str(secret_of_access(secret)) == claims["sid"]


def _claims(secret: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(secret, options={"verify_signature": False})
    return claims


def test_what_is_no_such_access_is_none(secret: str, settings: Settings) -> None:
    claims = _claims(secret)
    head, _body, mark = secret.split(".")
    other = jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"typ": TYPE})
    wrong = [
        "",
        "a.b.c",
        secret[:-2],
        f"{head}.{other.split('.')[1]}.{mark}x",
        other,
        sign(claims),
        sign({**claims, "aud": "another"}, kind=TYPE),
        sign({**claims, "iss": "https://elsewhere.example"}, kind=TYPE),
        sign({**claims, "exp": int(time.time()) - 1}, kind=TYPE),
        sign({**claims, "sid": "no uuid"}, kind=TYPE),
        sign({name: value for name, value in claims.items() if name != "sid"}, kind=TYPE),
    ]
    assert [secret_of_access(text) for text in wrong] == [None] * len(wrong)
