"""The command line against a portal that runs, as a script or a person types it."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from api.services.tokens import revoke_token
from customers.models import Batch, BatchState
from licensing.models import LicenseAssignment
from tests.api.tokens import token_of
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast, make_cast
from tests.support.house import BASE_DIR
from tests.support.servers import Worker
from uploads.models import Upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@dataclass
class Terminal:
    """A shell where the command line is installed."""

    env: dict[str, str]

    def __call__(self, *typed: str, status: int = 0, standard_input: str = "") -> str:
        """Return what was printed; what was told beside it is in `aside`."""
        ended = subprocess.run(
            [sys.executable, "-m", "portal_cli", *typed],
            env={**os.environ, **self.env, "PYTHONPATH": str(BASE_DIR / "cli"), "TERM": "dumb"},
            input=standard_input,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        self.aside = ended.stderr
        assert ended.returncode == status, (ended.returncode, ended.stdout, ended.stderr)
        return ended.stdout

    def told(self, *typed: str) -> list[Any]:
        return [json.loads(line) for line in self(*typed, "--json").splitlines()]


@pytest.fixture
def cast(transactional_db: None, live_server: LiveServer) -> Cast:
    return make_cast()


@pytest.fixture
def terminal(cast: Cast, live_server: LiveServer, tmp_path: Path) -> Terminal:
    token = token_of(cast.alice, grave=True).text
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    return Terminal({"PORTAL_URL": live_server.url, "PORTAL_TOKEN": token, **home})


def test_a_token_is_kept_where_its_owner_alone_reads_it(
    cast: Cast, live_server: LiveServer, tmp_path: Path
) -> None:
    made = token_of(cast.alice)
    terminal = Terminal({"XDG_CONFIG_HOME": str(tmp_path)})
    terminal("customers", "list", status=3)
    assert "Sign in first" in terminal.aside
    terminal("login", live_server.url, "--token", "wrong", status=3)
    told = terminal("login", live_server.url, standard_input=f"{made.text}\n")
    assert "Signed in as Alice" in told
    assert made.text not in told
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [row["companyProfile"]["companyName"] for row in terminal.told("customers", "list")] == [
        "Contoso",
        "Northwind",
    ]
    assert terminal.told("whoami")[0]["token"] == "Nightly"
    assert "Permissions: delete permanently, " in terminal("whoami")
    revoke_token(made.token, actor=cast.alice)
    terminal("customers", "list", status=3)
    assert "Signed out." in terminal("logout")
    assert not file.exists()


def test_users_are_listed_added_blocked_deleted_and_restored(
    terminal: Terminal, cast: Cast
) -> None:
    for number in range(3):
        UserFactory.create(customer=cast.contoso, display_name=f"V {number}")
    table = terminal("users", "list", "contoso.example")
    assert "uma@contoso.example" in table
    assert len(terminal.told("users", "list", "contoso.example", "--search", "V")) == 3
    told = terminal(
        *("users", "add", "contoso.example", "nora@contoso.example", "Nora Berg"),
        *("--location", "no", "--department", "Sales"),
    )
    nora = User.objects.get(username="nora@contoso.example")
    assert nora.department == "Sales"
    assert nora.check_password(told.split()[-1].replace("-", ""))
    terminal("users", "add", "contoso.example", "nora@contoso.example", "Nora", status=1)
    assert "nora@contoso.example" in terminal.aside.replace("\n", "")
    assert "1 done" in terminal("users", "block", "contoso.example", "nora@contoso.example")
    told = terminal("users", "block", "contoso.example", "nora@contoso.example")
    assert "0 done, 1 as asked for before, 0 not done." in told
    assert "1 done" in terminal("users", "allow", "contoso.example", "nora@contoso.example")
    delete = ("users", "delete", "contoso.example", "nora@contoso.example")
    assert "1 done" in terminal(*delete, "--reason", "T 1")
    assert Batch.objects.latest("pk").reason == "T 1"
    terminal(*delete, status=1)
    assert "There is no user" in terminal.aside
    assert len(terminal.told("users", "list", "contoso.example", "--deleted")) == 1
    restore = ("users", "restore", "contoso.example", "nora@contoso.example")
    assert "1 done" in terminal(*restore)


def test_licenses_are_assigned_and_removed(terminal: Terminal, cast: Cast) -> None:
    product = ProductFactory.create(name="Office", sku="OFFICE")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)
    users = ("uma@contoso.example", "gail@contoso.example")
    terminal("licenses", "assign", "contoso.example", "office", *users, status=1)
    assert "seat" in terminal.aside
    assert "1 done" in terminal("licenses", "assign", "contoso.example", "OFFICE", users[0])
    assert LicenseAssignment.objects.live().get().user == cast.uma
    [pool] = terminal.told("licenses", "list", "contoso.example")
    assert pool["availableUnits"] == 0
    assert terminal("licenses", "list", "contoso.example").split()[-3:] == ["1", "1", "0"]
    assert "1 done" in terminal("licenses", "remove", "contoso.example", "OFFICE", users[0])
    terminal("licenses", "assign", "contoso.example", "NONE", users[0], status=1)
    terminal("licenses", "assign", "nowhere.example", "OFFICE", users[0], status=1)


def test_the_log_is_exported(terminal: Terminal, cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(display_name="=1+1")
    terminal("users", "block", "contoso.example", "uma@contoso.example")
    rows = list(csv.DictReader(io.StringIO(terminal("audit", "export"))))
    assert rows[0]["operation"] == "update_customer_user"
    assert rows[0]["customer"] == "Contoso"
    assert rows[0]["target"].startswith("'=")
    assert rows[0]["by"] == "alice@fabrikam.example"


def test_a_file_is_checked_and_its_users_added(
    worker: Worker, terminal: Terminal, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("User Name,Display Name\nnora@contoso.example,Nora\n,Nobody\n")
    told = terminal("users", "upload", "contoso.example", str(file), status=1)
    assert "1 add, 1 wrong" in told
    assert Upload.objects.get().state == "canceled"
    assert not User.objects.filter(username="nora@contoso.example").exists()
    told = terminal("users", "upload", "contoso.example", str(file), "--confirm", status=1)
    assert "1 done" in told
    assert User.objects.filter(username="nora@contoso.example").exists()
    assert Batch.objects.get().state == BatchState.DONE


def test_a_portal_that_is_not_there_is_told(terminal: Terminal) -> None:
    terminal.env["PORTAL_URL"] = "http://127.0.0.1:9"
    terminal("customers", "list", status=4)
    assert "can't be reached" in terminal.aside


def test_what_is_typed_wrongly_is_a_status_of_its_own(terminal: Terminal) -> None:
    terminal("users", "fly", status=2)
    terminal("users", "upload", "contoso.example", "/nowhere.csv", status=2)
