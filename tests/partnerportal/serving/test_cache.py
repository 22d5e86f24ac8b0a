import pickle
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.contrib.sessions.backends import db
from django.core.cache import cache, caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.services import session_store
from partnerportal.celery import app
from partnerportal.serving.cache import PAUSE
from tests.support.cast import Cast


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
    now = time.monotonic()
    monkeypatch.setattr("partnerportal.serving.cache.time", SimpleNamespace(monotonic=lambda: now))
    assert cache.add("tries", 1)
    socket.symlink_to(valkey.removeprefix("unix://").partition("?")[0])
    assert cache.get("tries") == 1, "left alone for now"
    now += PAUSE
    assert cache.get("tries") is None, "Redis answers, and knows nothing of it"


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_what_lies_in_redis_is_read_and_never_run(
    queue: "redis.Redis", tmp_path: Path, cast: Cast
) -> None:
    """Whoever gets at Redis may write what they like there."""
    gone_off = tmp_path / "gone-off"
    bomb = pickle.dumps(Bomb(gone_off))
    junk = [bomb, pickle.dumps(3.5), b"[" * 100_000, b"\xff", b"", b"9" * 5_000]
    keys = [f"key-{number}" for number in range(len(junk))]
    for key, value in zip(keys, junk, strict=True):
        queue.set(cache.make_key(key), value)
    cache.set("good", 1.5)
    assert [cache.get(key, "none") for key in keys] == ["none"] * len(junk)
    assert cache.get_many([*keys, "good"]) == {"good": 1.5}
    # A visitor's way through all that is counted and kept, over bombs in place of each.
    password = cast.gives_password(cast.alice)
    form = {"login": cast.alice.user_name, "password": password}
    Client().post("/accounts/login/", form | {"password": "wrong"})
    for each in queue.scan_iter("portal*"):
        queue.set(each, bomb)
    client = Client()
    assert client.post("/accounts/login/", form).status_code == 302
    assert client.get("/", follow=True).status_code == 200
    assert not gone_off.exists()


@pytest.mark.parametrize(
    "value", [0, 7, -1, 0.5, True, None, "7", "text", [1.5, 2.5], {"a": [1, None]}]
)
def test_the_cache_gives_back_what_it_got(value: object) -> None:
    cache.set("key", value)
    found = cache.get("key", "nothing")
    assert (type(found), found) == (type(value), value)


def test_what_json_has_not_got_is_no_value_for_the_cache() -> None:
    for value in ({1}, b"bytes", timezone.now(), Bomb(Path())):
        with pytest.raises(TypeError):
            cache.set("key", value)


def test_tasks_are_json_alone() -> None:
    conf = app.conf
    assert list(conf.accept_content) == ["json"]
    assert (conf.task_serializer, conf.event_serializer) == ("json", "json")


def test_sessions_lie_in_the_database_as_json(settings: Settings) -> None:
    assert settings.SESSION_ENGINE == "accounts.services.session_store"
    assert issubclass(session_store.SessionStore, db.SessionStore)
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


@pytest.mark.parametrize("fixture", ["queue", "redis_away"])
def test_a_counter_counts_with_redis_and_without(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    request.getfixturevalue(fixture)
    shared: Any = cache
    assert [shared.count("calls", 60) for _call in range(3)] == [[1], [2], [3]]
    assert cache.get("calls") == 3
    assert shared.count("others", 60, ["calls", "nothing"]) == [1, 3, 0]


def test_a_counter_has_its_time_from_the_first_on(queue: "redis.Redis") -> None:
    shared: Any = cache
    shared.count("calls", 60)
    shared.count("calls", 6_000)
    assert 0 < queue.ttl(cache.make_key("calls")) <= 60
