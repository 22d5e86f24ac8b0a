"""A wait ends with what it waits for, and is given up only when nothing moves any more."""

from itertools import count
from types import SimpleNamespace

import pytest

from tests import patience
from tests.patience import wait_for


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept so far: each sleep takes a hundred seconds."""
    slept: list[float] = []
    own = SimpleNamespace(sleep=slept.append, monotonic=lambda: 100 * len(slept))
    monkeypatch.setattr(patience, "time", own)
    return slept


def test_what_is_ready_is_not_waited_for(clock: list[float]) -> None:
    wait_for(lambda: True, "It")
    assert clock == []


def test_a_wait_is_given_up_when_nothing_has_come_for_too_long(clock: list[float]) -> None:
    with pytest.raises(TimeoutError, match=f"It: nothing for {patience.PATIENCE} seconds"):
        wait_for(lambda: False, "It", progress=lambda: "the same")
    assert 0 < len(clock) <= patience.PATIENCE / 100 + 2


def test_a_wait_goes_on_as_long_as_something_moves(clock: list[float]) -> None:
    steps = count()
    wait_for(lambda: len(clock) > patience.PATIENCE, "It", progress=lambda: next(steps))
    assert len(clock) > patience.PATIENCE


def test_what_can_come_no_more_ends_a_wait_at_once(clock: list[float]) -> None:
    def ready() -> bool:
        raise RuntimeError("It has ended.")

    with pytest.raises(RuntimeError, match="has ended"):
        wait_for(ready, "It")
    assert clock == []
