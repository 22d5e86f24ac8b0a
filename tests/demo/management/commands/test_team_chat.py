"""The command that registers Team Chat at another address."""

import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from applications.models import Application

URL = "http://localhost:9001"


def test_what_the_demo_wrote_is_enough_until_the_secret_is_another(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "client.json"
    call_command("demo", customers=1, users=40, team_chat_client=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    # The secret is in the file alone.
    assert kept["client_secret"] not in capsys.readouterr().out
    call_command("team_chat", file, URL)
    application = Application.objects.get(name="Team Chat")
    assert application.start_url == f"{URL}/login"
    assert application.client_id == kept["client_id"]
    file.write_text(json.dumps(kept | {"client_secret": "another"}))
    with pytest.raises(CommandError, match="has another secret now"):
        call_command("team_chat", file, "http://localhost:9002")
    assert Application.objects.get(name="Team Chat").start_url == f"{URL}/login"


@pytest.mark.parametrize("text", [None, "", "{}", "no json"])
def test_a_file_without_a_client_is_refused(db: None, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "client.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(CommandError, match="has no client ID and secret"):
        call_command("team_chat", file, URL)
