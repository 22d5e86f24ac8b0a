"""Clients of SCIM that nobody here wrote, against the live server."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.api.clients.programs import client_program
from tests.api.scim.calling import caller_of
from tests.factories import DomainFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast, make_cast

RUN = Path(__file__).with_name("scim2_tester_run.py")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.slow]


# What it takes away, and finds there again: nobody is without a name, or neither active nor not.
STAYS = {"displayName", "active"}


def test_scim2_tester_finds_nothing_wrong(live_server: LiveServer) -> None:
    cast = make_cast()
    call = caller_of(cast.contoso, cast.gail)
    command = [client_program("python"), RUN, address_of(live_server, cast), "contoso.example"]
    rows = json.loads(run(command, TOKEN=call.token))
    wrong = [row["reason"] for row in rows if row["status"] not in {"SUCCESS", "SKIPPED"}]
    stays = [f"PATCH modify() did not remove attribute '{name}'" for name in STAYS]
    assert sorted(wrong) == sorted(stays)
    assert len(rows) > 70


def test_scim_sanity_finds_nothing_wrong(live_server: LiveServer) -> None:
    cast = make_cast()
    # The domain of the names that it makes.
    DomainFactory.create(customer=cast.contoso, name="example.com")
    call = caller_of(cast.contoso, cast.gail)
    command = [
        *(client_program("scim-sanity"), "probe", address_of(live_server, cast)),
        *("--token", call.token, "--json-output", "--i-accept-side-effects"),
    ]
    found = json.loads(run(command))
    wrong = [row["name"] for row in found["results"] if row["status"] not in {"pass", "skip"}]
    # Groups are read-only.
    assert wrong == ["POST /Groups"]
    assert found["summary"]["passed"] >= 17


def address_of(server: LiveServer, cast: Cast) -> str:
    return f"{server.url}/scim/{cast.contoso.uuid}/v2"


def run(command: Sequence[Any], **environment: str) -> str:
    """Return what a program prints, whatever it finds."""
    limit = PATIENCE * 4
    done = subprocess.run(
        command,
        check=False,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=limit,
    )
    print(done.stderr)
    return done.stdout
