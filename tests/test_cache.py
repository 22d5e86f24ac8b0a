import time
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast


@pytest.fixture
def redis_away(settings: Settings, tmp_path: Path) -> None:
    """The cache points to a socket where nobody listens."""
    nowhere = f"unix://{tmp_path / 'nobody.sock'}"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": nowhere}}
    assert caches["default"] is not None


def test_cache_is_shared_while_redis_answers() -> None:
    cache.set("answer", 42)
    assert caches.create_connection("default").get("answer") == 42


@pytest.mark.usefixtures("redis_away")
def test_without_redis_the_process_remembers_for_itself() -> None:
    cache.clear()
    assert cache.add("tries", 1)
    assert not cache.add("tries", 7)
    assert cache.incr("tries") == 2
    assert cache.get_many(["tries", "other"]) == {"tries": 2}
    cache.set_many({"tries": 5, "other": 6})
    assert cache.touch("other", 60)
    cache.delete_many(["other"])
    assert "other" not in cache
    assert cache.delete("tries")
    assert cache.get("tries") is None


@pytest.mark.usefixtures("redis_away")
def test_people_sign_in_without_redis_and_tries_are_still_limited(cast: Cast) -> None:
    password = cast.gives_password(cast.alice)
    client, address = Client(), "/accounts/login/"
    good = {"login": cast.alice.user_name, "password": password}
    assert client.post(address, good).status_code == 302
    stranger, bad = Client(), {"login": cast.bob.user_name, "password": "wrong"}
    answers = [stranger.post(address, bad).status_code for _try in range(7)]
    assert answers == [200] * 5 + [429] * 2


def test_redis_is_asked_again_after_a_pause(
    settings: Settings, tmp_path: Path, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = tmp_path / "cache.sock"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{socket}"}}
    monkeypatch.setattr("partnerportal.cache.PAUSE", 0.2)
    assert cache.add("tries", 1)
    socket.symlink_to(valkey.removeprefix("unix://").partition("?")[0])
    assert cache.get("tries") == 1, "left alone for now"
    time.sleep(0.25)
    assert cache.get("tries") is None, "Redis answers, and knows nothing of it"
