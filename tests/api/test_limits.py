"""How often tokens may call."""

from django.core.cache import cache
from pytest_django import Settings

from tests.api.caller import Script, at, of, script_of, told
from tests.support.cast import Cast


def test_calls_are_counted_by_token_reads_and_writes_apart(cast: Cast, settings: Settings) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "token_reads": 2, "token_writes": 1}
    script = script_of(cast.alice)
    assert [script("GET", "/me").status_code for _time in range(3)] == [200, 200, 429]
    path = f"{at(cast.contoso)}/users/{of(cast.uma)}/block"
    assert [script("POST", path).status_code for _time in range(2)] == [200, 429]
    answer = script("GET", "/me")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert told(answer, 429)["message"].startswith("Rate limit is exceeded. Try again in ")
    assert script_of(cast.bob)("GET", "/me").status_code == 200


def test_wrong_tokens_are_counted_by_address(cast: Cast, settings: Settings) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "wrong": 2}
    assert [Script("x")("GET", "/me").status_code for _time in range(3)] == [401, 401, 429]
    assert script_of(cast.alice)("GET", "/me").status_code == 429
