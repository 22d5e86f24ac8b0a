"""The first superuser: no password that is guessed first, with a prompt and without."""

import getpass
import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


def test_createsuperuser_takes_none_without_a_prompt(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "root@portal.example"
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Password123!")
    with pytest.raises(CommandError, match="easy to guess"):
        call_command("createsuperuser", interactive=False, username=name)
    assert not User.objects.exists()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "seven wooden rivers")
    call_command("createsuperuser", interactive=False, username=name, stdout=io.StringIO())
    assert User.objects.get().check_password("seven wooden rivers")


def test_createsuperuser_does_not_let_it_be_insisted_on(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(getpass, "getpass", lambda *_args: "Password123!")
    monkeypatch.setattr("builtins.input", lambda *_args: "y")
    with pytest.raises(CommandError, match="easy to guess"):
        call_command(
            "createsuperuser",
            username="root@portal.example",
            stdin=Terminal(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    assert not User.objects.exists()
