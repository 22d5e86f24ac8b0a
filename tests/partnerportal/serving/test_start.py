"""What a process is to the database: a web server, a worker or a command."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from customers import scope
from partnerportal.serving import start

OWNER = "postgresql://owner@localhost/portal"
PORTAL = "postgresql://portal@localhost/portal"


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of the tests is what it was."""
    monkeypatch.setattr(scope.process, "scope", scope.process.scope)
    monkeypatch.setattr(scope.process, "guarded", scope.process.guarded)


def test_a_command_does_the_work_of_tasks() -> None:
    scope.process.scope = scope.NOBODY
    environment = {"DATABASE_URL": PORTAL, "DATABASE_OWNER_URL": OWNER}
    start.be_a_command("purge_deleted_users", environment)
    assert scope.process.scope == scope.TASKS
    assert environment["DATABASE_URL"] == PORTAL


def test_tables_are_changed_by_their_owner() -> None:
    scope.process.scope = scope.NOBODY
    environment = {"DATABASE_URL": PORTAL, "DATABASE_OWNER_URL": OWNER}
    start.be_a_command("migrate", environment)
    assert environment["DATABASE_URL"] == OWNER
    assert scope.process.scope == scope.NOBODY


@pytest.mark.parametrize("owner", [{}, {"DATABASE_OWNER_URL": ""}])
def test_without_an_owner_the_portals_login_changes_them(owner: dict[str, str]) -> None:
    environment = {"DATABASE_URL": PORTAL, **owner}
    start.be_a_command("migrate", environment)
    assert environment["DATABASE_URL"] == PORTAL


def test_a_worker_whose_login_is_refused_ends_with_a_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise ImproperlyConfigured("This login owns the tables.")

    monkeypatch.setattr("partnerportal.serving.start.connection.ensure_connection", refuse)
    monkeypatch.setattr("partnerportal.serving.start.connection.vendor", "postgresql")
    with pytest.raises(SystemExit) as caught:
        start.be_a_worker()
    assert caught.value.code == 1
    assert "This login owns the tables." in capfd.readouterr().err
    with pytest.raises(ImproperlyConfigured):
        start.be_a_web_server()
