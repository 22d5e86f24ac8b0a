"""A database is brought up to date, and an empty one filled, once."""

import json
import stat
from pathlib import Path

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from accounts.models import User
from applications.models import Application
from demo.cast import CAST
from demo.companies import companies
from partnerportal.local.preparing import need_nothing_to_migrate, prepare
from tests.support.cast import Cast

CHAT = "http://localhost:9001"


def test_an_empty_database_is_filled_and_says_who_signs_in(
    db: None,
    queue: redis.Redis,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What the demo holds is its own tests' affair; a small one is as good.
    monkeypatch.setattr("demo.management.commands.demo.FABRIKAM", companies(1, 20))
    file, client = tmp_path / "sign-ins.txt", tmp_path / "team-chat.json"
    prepare(file, client, CHAT, as_owner=True)
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(member.user_name in text for member in CAST)
    told = capsys.readouterr().out
    # The password is in the file alone.
    assert "Demo data: 2 partners" in told
    assert text.split()[5] not in told
    assert User.objects.count() > len(CAST)
    application = Application.objects.get(name="Team Chat")
    assert application.start_url == f"{CHAT}/login"
    [sent] = queue.lrange("celery", 0, -1)
    assert json.loads(sent)["headers"]["task"] == "accounts.tasks.remember_figures"
    # Started again, it is where this start has it.
    prepare(file, client, "http://localhost:9002", as_owner=True)
    assert client.exists()
    application.refresh_from_db()
    assert application.start_url == "http://localhost:9002/login"
    assert queue.llen("celery") == 1
    # With another secret it would sign nobody in.
    client.write_text(json.dumps({"client_id": application.client_id, "client_secret": "old"}))
    prepare(file, client, CHAT, as_owner=True)
    assert not client.exists()
    assert "Team Chat isn't started. " in capsys.readouterr().out


def test_a_database_in_use_is_left_as_it_is(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = User.objects.count()
    prepare(tmp_path / "sign-ins.txt", tmp_path / "team-chat.json", CHAT, as_owner=True)
    assert User.objects.count() == before
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


@pytest.mark.postgres
def test_the_owners_login_serves_no_portal(db: None) -> None:
    # Of the tests themselves, which own the tables.
    assert connection.vendor == "postgresql"
    with pytest.raises(ImproperlyConfigured):
        need_nothing_to_migrate()
