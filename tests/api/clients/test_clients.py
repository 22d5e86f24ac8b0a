"""Clients that others wrote speak with the portal as with Partner Center."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from api.models import TokenKind
from customers.models import Customer
from customers.roles import Role
from licensing.models import Subscription
from tests.api.tokens import integration, token_of
from tests.api.v1.caller import Script, of
from tests.factories import ProductFactory, SubscriptionFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast, make_cast
from tests.support.clients import client_python

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
HERE = Path(__file__).parent


@pytest.fixture
def cast(transactional_db: None, live_server: LiveServer) -> Cast:
    return make_cast()


def run(program: str, told: dict[str, Any]) -> Any:
    """Return what the program has printed, as JSON."""
    ended = subprocess.run(
        [client_python(), HERE / program],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def steps(cast: Cast, live_server: LiveServer) -> Iterator[dict[str, Any]]:
    product = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)
    told = {
        "base": live_server.url,
        "token": token_of(cast.alice, grave=True).text,
        "customer": str(Customer.objects.get(pk=cast.contoso.pk).uuid),
        "stranger": str(Customer.objects.get(pk=cast.adatum.pk).uuid),
        "uma": str(of(cast.uma)),
    }
    yield run("partner_center.py", told)
    assert Subscription.objects.get(pk=pool.pk).assigned == 0


def test_partner_centers_client_does_all_that_it_can(steps: dict[str, Any]) -> None:
    statuses = {name: step["status"] for name, step in steps.items()}
    assert statuses == {
        "customers": 200,
        "customer": 200,
        "company": 200,
        "users": 200,
        "add": 200,
        "add again": 200,
        "add other": 409,
        "get": 200,
        "change": 200,
        "skus": 200,
        "assign": 201,
        "licenses": 200,
        "assign to uma": 400,
        "remove": 201,
        "roles": 200,
        "give role": 201,
        "members": 200,
        "roles of": 200,
        "take role": 204,
        "subscriptions": 200,
        "subscription": 200,
        "delete": 204,
        "get deleted": 200,
        "restore": 200,
        "stranger": 404,
    }
    # What the client makes of an answer, where it makes anything of it, and what was answered.
    output = {name: step["output"] for name, step in steps.items()}
    body = {name: step["body"] for name, step in steps.items()}
    assert output["customers"]["total_count"] == 2
    assert output["users"]["items"][0]["display_name"] == "Gail"
    assert output["add"]["id"] == output["add again"]["id"]
    assert body["change"]["displayName"] == "Nora Berg-Lie"
    assert output["skus"]["items"][0]["available_units"] == 1
    assert body["licenses"]["items"][0]["productSku"]["name"] == "Office"
    assert body["assign to uma"]["code"] == 60_012
    assert body["roles of"]["items"] == body["roles"]["items"][-1:]
    assert output["get deleted"]["state"] == "inactive"
    assert body["restore"]["state"] == "active"
    assert body["stranger"]["code"] == 60_003
    assert User.objects.active().filter(username="nora@contoso.example").count() == 1


def test_msal_gets_a_token_that_opens_the_api(
    cast: Cast, live_server: LiveServer, settings: Settings
) -> None:
    settings.OIDC_ISSUER = live_server.url.replace("http://", "https://")
    sync = integration(cast.alice, Role.ADMIN_AGENT)
    made = token_of(sync, kind=TokenKind.SECRET, actor=cast.alice)
    told = {
        "client_id": str(of(sync)),
        "authority": f"{settings.OIDC_ISSUER}/t/fabrikam.example",
        "secrets": [made.text, "wrong"],
    }
    right, wrong = run("msal_token.py", told)
    assert right["token_type"] == "Bearer"
    assert Script(right["access_token"]).get("/customers")["totalCount"] == 2
    assert wrong["error"] == "invalid_client"
