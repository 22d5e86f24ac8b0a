"""Calls are counted by the minute, at each door apart."""

import pytest

from accounts.signin.call_limits import Counters, TooMany, seconds_left


@pytest.fixture(autouse=True)
def half_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_030.0)


def test_each_kind_and_each_caller_is_counted_apart() -> None:
    counters = Counters("test-apart")
    assert [counters.count("token", "1") for _time in range(3)] == [1, 2, 3]
    assert counters.count("wrong", "1") == 1
    assert Counters("another-door").count("token", "1") == 1
    asked = (("token", "1"), ("token", "2"), ("wrong", "1"))
    assert counters.counted(*asked) == [3, 0, 1]
    assert counters.count_seeing("other", "1", *asked) == [1, 3, 0, 1]


def test_what_a_caller_says_of_itself_may_be_anything() -> None:
    counters = Counters("test-anything")
    for whose in ("", "a b\n", "\x00", "ü" * 2_000):
        assert counters.count("client", whose) == 1


def test_the_next_minute_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = Counters("test-anew")
    counters.count("token", "1")
    assert (seconds_left(), TooMany().seconds) == (30, 30)
    monkeypatch.setattr("time.time", lambda: 1_800_000_060.0)
    assert (seconds_left(), counters.counted(("token", "1"))) == (60, [0])
    assert counters.count("token", "1") == 1
