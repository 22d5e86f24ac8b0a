"""The document of the API, held against the API by a tool that others wrote."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.signals import request_started
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from customers.models import AuditEvent
from tests.api.clients.programs import client_program
from tests.api.tokens import token_of
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.slow]

# `make torture` draws more of each operation.
IS_LONG = "TORTURE_SECONDS" in os.environ
EXAMPLES = 200 if IS_LONG else 2
DRAWN, COVERED = "--phases=fuzzing,stateful", "--phases=examples,coverage"
USERS = "path-regex=/users"
RUNS = [
    *(pytest.param(name, [DRAWN], id=name) for name in ("alice", "bob", "gail")),
    # Every kind of value once. The same for all callers, who differ in what they may.
    pytest.param("alice", [COVERED, f"--include-{USERS}"], id="alice, users covered"),
    pytest.param("alice", [COVERED, f"--exclude-{USERS}"], id="alice, the rest covered"),
]
if IS_LONG:
    RUNS += [pytest.param(name, [COVERED], id=f"{name}, covered") for name in ("bob", "gail")]
# What a call was sent can be right by the document, and refused by what is there: a customer that
# does not exist, a user without a seat. That is no mistake of the document's.
LEFT_OUT = "positive_data_acceptance,missing_required_header"


@pytest.fixture
def cast(transactional_db: None, live_server: LiveServer, settings: Settings) -> Cast:
    limits = dict.fromkeys(settings.API_LIMITS, 1000000)
    settings.API_LIMITS = limits
    cast = make_cast()
    product = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL", "CHAT"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=3)
    assign(pool, UserFactory.create(customer=cast.contoso))
    return cast


@pytest.mark.parametrize(("name", "options"), RUNS)
def test_the_api_is_as_its_document_says(
    cast: Cast, live_server: LiveServer, name: str, options: list[str], tmp_path: Path
) -> None:
    user: User = getattr(cast, name)
    made = token_of(user, grave=True)
    command: list[str | Path] = [
        client_program("st"),
        "run",
        f"{live_server.url}/v1/openapi.json",
        f"--header=Authorization: Bearer {made.text}",
        *options,
        f"--max-examples={EXAMPLES}",
        f"--exclude-checks={LEFT_OUT}",
        "--continue-on-failure",
        "--suppress-health-check=all",
        "--no-color",
        "--seed=1",
        # Unless it is told otherwise, a call that is not answered within ten seconds has failed.
        f"--request-timeout={PATIENCE}",
    ]
    status, said = _run(command, tmp_path)
    assert status == 0, said[-12_000:]
    assert AuditEvent.objects.exists()


def _run(command: Sequence[str | Path], folder: Path) -> tuple[int, str]:
    """Run it for as long as it calls: how long all calls take is a matter of the machine."""
    calls: list[object] = []

    def count(sender: object, **_more: object) -> None:
        calls.append(sender)

    request_started.connect(count)
    said = folder / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(
            lambda: process.poll() is not None, "The end of calls", progress=lambda: len(calls)
        )
    finally:
        process.kill()
        process.wait()
        request_started.disconnect(count)
    return process.returncode, said.read_text()


def test_the_document_names_every_operation_and_is_read_by_anybody(cast: Cast) -> None:
    document = json.loads(Client().get("/v1/openapi.json").content)
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) > 40
    assert all(operation["summary"] for operation in operations)
    assert all("401" in operation["responses"] for operation in operations)
