"""Workers and beat say that they live."""

from pathlib import Path

import pytest
from pytest_django import Settings

from partnerportal.serving import heartbeat


def test_whoever_was_never_heard_is_not_silent_but_unknown() -> None:
    assert heartbeat.silence(heartbeat.WORKER) is None


def test_silence_is_counted_from_the_last_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partnerportal.serving.heartbeat.time.time", lambda: 1_000.0)
    heartbeat.give(heartbeat.WORKER)
    monkeypatch.setattr("partnerportal.serving.heartbeat.time.time", lambda: 1_042.0)
    assert heartbeat.silence(heartbeat.WORKER) == 42.0
    assert heartbeat.silence(heartbeat.BEAT) is None
    # A clock that was set back makes nobody younger than now.
    monkeypatch.setattr("partnerportal.serving.heartbeat.time.time", lambda: 900.0)
    assert heartbeat.silence(heartbeat.WORKER) == 0.0


def test_a_process_shows_itself_on_its_own_machine(tmp_path: Path, settings: Settings) -> None:
    settings.HEARTBEAT_DIR = str(tmp_path)
    heartbeat.show(heartbeat.BEAT)
    heartbeat.show(heartbeat.BEAT)
    assert [path.name for path in tmp_path.iterdir()] == ["portal-beat"]


def test_without_a_folder_nothing_is_shown(tmp_path: Path, settings: Settings) -> None:
    settings.HEARTBEAT_DIR = ""
    heartbeat.show(heartbeat.BEAT)
    assert heartbeat.silence(heartbeat.BEAT) is None
