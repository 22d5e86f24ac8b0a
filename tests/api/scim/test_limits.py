"""How often sources may call."""

import pytest
from django.core.cache import cache
from pytest_django import Settings

from api.scim import limits
from customers.errors import Refused


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    cache.clear()
    settings.SCIM_LIMITS = {"token": 2, "wrong": 1}


def test_calls_count_by_the_token() -> None:
    for token in (1, 1, 2):
        limits.count_call(token)
    with pytest.raises(Refused) as refusal:
        limits.count_call(1)
    assert refusal.value.code == "calls-too-many"
    limits.count_call(2)


def test_wrong_tokens_count_by_the_address() -> None:
    limits.check_address("192.0.2.1")
    limits.count_wrong("192.0.2.1")
    with pytest.raises(Refused):
        limits.check_address("192.0.2.1")
    limits.check_address("192.0.2.2")
