"""Accounts in servers of others, each with its own reading of SCIM: made, changed and taken."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from accounts.models import User
from accounts.services.users import allow_users, block_users, change_user
from applications.models import Application, Leaving, Provision, ProvisionState
from applications.services.provisioning.comparing import compare
from applications.services.provisioning.converging import deliver_accounts
from applications.services.provisioning.setting_up import Connection, set_up, switch_provisioning
from applications.services.provisioning.wanting import follow_for_provisioning
from tests.accounts.verbs import delete
from tests.applications.clients.npm import NODE, with_packages
from tests.applications.servers.conftest import HERE, Service
from tests.factories import ApplicationFactory
from tests.support.cast import Cast
from tests.support.servers import free_port

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

TOKEN = "only-for-tests"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@dataclass
class Server:
    address: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        answer = httpx2.request(method, self.address + path, json=body, headers=headers, timeout=60)
        assert answer.status_code < 400, answer.text
        return answer

    def add(self, user_name: str) -> str:
        made = self.ask("POST", "/Users", {"schemas": [CORE], "userName": user_name})
        return str(made.json()["id"])

    def accounts(self) -> dict[str, dict[str, Any]]:
        """All that it has, by user name."""
        found = self.ask("GET", "/Users?count=100").json().get("Resources", [])
        assert len({one["userName"] for one in found}) == len(found)
        return {one["userName"]: one for one in found}


@pytest.fixture(params=["scim2-server", "scimmy"])
def server(
    request: pytest.FixtureRequest, service: Service, allow: Callable[[str], None]
) -> Server:
    port = free_port()
    origin = f"http://localhost:{port}"
    if request.param == "scimmy":
        program = with_packages(HERE) / "scimmy.mjs"
        environment = {"PORT": str(port), "TOKEN": TOKEN}
        service.start([str(NODE), str(program)], f"{origin}/scim/v2", environment)
        address = f"{origin}/scim/v2"
    else:
        # The demonstration that comes with it.
        command = [sys.executable, "-m", "scim2_server.testserver.cli"]
        command += [f"--port={port}", f"--bearer-token={TOKEN}"]
        address = f"{origin}/v2"
        service.start(command, address)
    allow(origin)
    return Server(address)


def run(application: Application) -> None:
    """What beat and a worker do."""
    follow_for_provisioning()
    deliver_accounts(application.pk)
    reasons = Provision.objects.exclude(reason="").values_list("reason", flat=True)
    assert list(reasons) == []
    assert not Provision.objects.exclude(state=ProvisionState.DONE).exists()


def test_accounts_come_change_and_go(cast: Cast, server: Server) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    stranger, before = server.add("root"), server.add(cast.gail.user_name)
    to = Connection(server.address, TOKEN, Leaving.DEACTIVATE)
    set_up(application, to, actor=cast.alice)
    switch_provisioning(application, on=True, actor=cast.alice)
    run(application)
    there = server.accounts()
    assert there.keys() == {"root", cast.gail.user_name, cast.uma.user_name}
    assert there[cast.gail.user_name]["id"] == before, "taken over"
    assert [one.get("active") for one in ours(there, cast)] == [True, True]
    assert {one["externalId"] for one in ours(there, cast)} == {
        str(cast.uma.uuid),
        str(cast.gail.uuid),
    }

    change_user(
        cast.uma, customer=cast.contoso, actor=cast.alice, fields={"display_name": "Uma Wynn"}
    )
    run(application)
    assert server.accounts()[cast.uma.user_name]["displayName"] == "Uma Wynn"

    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(application)
    assert server.accounts()[cast.uma.user_name]["active"] is False
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(application)
    assert server.accounts()[cast.uma.user_name]["active"] is True

    # Somebody takes it away there, and the nightly comparison finds that.
    server.ask("DELETE", f"/Users/{server.accounts()[cast.uma.user_name]['id']}")
    assert compare(application.pk)
    run(application)
    assert server.accounts()[cast.uma.user_name]["displayName"] == "Uma Wynn"

    to = Connection(server.address, leaving=Leaving.DELETE)
    set_up(application, to, actor=cast.alice)
    delete(cast, cast.uma)
    run(application)
    there = server.accounts()
    assert there.keys() == {"root", cast.gail.user_name}
    assert there["root"]["id"] == stranger


def ours(there: dict[str, dict[str, Any]], cast: Cast) -> list[dict[str, Any]]:
    users: list[User] = [cast.uma, cast.gail]
    return [there[user.user_name] for user in users]
