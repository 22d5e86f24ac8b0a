"""The way to the API: who is let in, how often, and what is done once."""

import pytest
from django.test import Client
from pytest_django import Settings

from api.services.tokens import revoke_token
from customers.models import Batch
from tests.api.caller import Script, at, of, script_of, told
from tests.api.tokens import token_of
from tests.support.cast import Cast


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def test_without_a_token_nothing_is_told(cast: Cast) -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answer = Client().get(at(cast.contoso).join(["/v1", ""]), headers=header)
        assert answer.status_code == 401
        assert answer.json()["refusal"] == "token-not-known"
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(cast: Cast, alice: Client) -> None:
    answer = alice.get("/v1/customers")
    assert answer.status_code == 401
    assert answer.json()["description"].startswith("There is no token.")


def test_a_token_is_no_session(cast: Cast) -> None:
    made = token_of(cast.alice)
    answer = Client().get("/customers/", headers={"Authorization": f"Bearer {made.text}"})
    assert answer.status_code == 302


def test_a_session_beside_a_token_changes_nothing(cast: Cast, alice: Client) -> None:
    made = token_of(cast.charlie)
    answer = alice.get("/v1/customers", headers={"Authorization": f"Bearer {made.text}"})
    names = [row["companyProfile"]["companyName"] for row in answer.json()["items"]]
    assert names == ["Adatum"]


def test_what_a_script_calls_itself_comes_back(cast: Cast) -> None:
    answer = script_of(cast.alice)(
        "GET", "/customers", MS_RequestId="a-1", MS_CorrelationId="b\x01 c"
    )
    assert answer["MS-RequestId"] == "a-1"
    assert answer["MS-CorrelationId"] != "b c"
    assert answer["Cache-Control"] == "no-store"


def test_a_revoked_token_ends_what_waits(cast: Cast, settings: Settings) -> None:
    settings.PEOPLE_AT_ONCE = 0
    made = token_of(cast.alice)
    body = {"action": "block", "users": [str(of(cast.uma))]}
    batch = told(Script(made.text)("POST", f"{at(cast.contoso)}/batches", body), 202)
    assert batch["state"] == "waiting"
    revoke_token(made.token, actor=cast.alice)
    from accounts.services.running import run_batch

    assert not run_batch(Batch.objects.latest("pk").pk)
    fresh = Batch.objects.latest("pk")
    assert fresh.state == "failed"
    assert fresh.refusal.startswith("The token by which this was asked for has ended.")
