"""How often tokens may call."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from api.limits import DAYS, days_of
from api.models import Token
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


def test_the_calls_of_each_day_are_told_and_which_were_too_many(
    cast: Cast, settings: Settings
) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "token_reads": 2}
    script = script_of(cast.alice)
    for _time in range(3):
        script("GET", "/me")
    script("POST", f"{at(cast.contoso)}/users/{of(cast.uma)}/block")
    today, *before = days_of(Token.objects.get())
    assert (today.reads, today.writes, today.refused) == (3, 1, 1)
    assert [(day.reads, day.writes, day.refused) for day in before] == [(0, 0, 0)] * (DAYS - 1)
    assert today.on - before[-1].on == timedelta(days=DAYS - 1)
    assert today.on == timezone.now().date()
