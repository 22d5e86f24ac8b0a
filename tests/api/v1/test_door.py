"""The way to the API: who is let in, how often, and what is done once."""

import os
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from api.models import RememberedCall
from api.services.calls import DAYS, sweep_calls
from api.services.tokens import revoke_token
from customers.models import Batch
from tests.api.tokens import token_of
from tests.api.v1.caller import Script, at, of, script_of, told
from tests.support.cast import Cast, make_cast


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


# How many creates, and how many send each of them at once.
SENT = (1_000, 32) if "TORTURE_SECONDS" in os.environ else (5, 8)


def test_without_a_token_nothing_is_told(cast: Cast) -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answer = Client().get(at(cast.contoso).join(["/v1", ""]), headers=header)
        assert answer.status_code == 401
        assert answer.json()["refusal"] == "token-not-known"
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(cast: Cast, alice: Client) -> None:
    assert alice.get("/v1/customers").status_code == 401


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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("GET", "//customers", 200),
        ("GET", "/customers/", 200),
        ("POST", "/me", 405),
        ("DELETE", "/customers", 405),
        ("GET", "/customers?filter=%00", 400),
    ],
)
def test_addresses_as_clients_write_them(cast: Cast, method: str, path: str, status: int) -> None:
    answer = script_of(cast.alice)(method, path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"a": "\\u0000"}', b"\xff", b"[" * 99_999]
)
def test_a_body_that_is_none_is_told(cast: Cast, body: bytes) -> None:
    made = token_of(cast.alice)
    answer = Client().post(
        "/v1/customers",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {made.text}"},
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == 3_000


def test_calls_are_counted_by_token_reads_and_writes_apart(cast: Cast, settings: Settings) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "token_reads": 2, "token_writes": 1}
    script = script_of(cast.alice)
    assert [script("GET", "/me").status_code for _time in range(3)] == [200, 200, 429]
    path = f"{at(cast.contoso)}/users/{of(cast.uma)}/block"
    assert [script("POST", path).status_code for _time in range(2)] == [200, 429]
    answer = script("GET", "/me")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert told(answer, 429)["message"].startswith("Rate limit is exceeded. Try again in ")
    assert script_of(cast.bob)("GET", "/me").status_code == 200


def test_wrong_tokens_are_counted_by_address(cast: Cast, settings: Settings) -> None:
    cache.clear()
    settings.API_LIMITS = {**settings.API_LIMITS, "wrong": 2}
    assert [Script("x")("GET", "/me").status_code for _time in range(3)] == [401, 401, 429]
    assert script_of(cast.alice)("GET", "/me").status_code == 429


def test_a_call_of_the_same_name_is_done_once(cast: Cast) -> None:
    script = script_of(cast.alice)
    path = f"{at(cast.contoso)}/users"
    body = {"userPrincipalName": "n@contoso.example", "displayName": "N"}
    first = told(script("POST", path, body, MS_RequestId="1"))
    again = told(script("POST", path, body, MS_RequestId="1"))
    assert first["passwordProfile"].pop("password")
    assert again == first
    other = told(script("POST", path, {**body, "displayName": "M"}, MS_RequestId="1"), 409)
    assert other["refusal"] == "request-id-used"
    assert told(script("POST", path, body, Idempotency_Key="2"), 409)["refusal"] == (
        "user-name-taken"
    )
    # Another token's calls are its own.
    taken = told(script_of(cast.alice)("POST", path, body, MS_RequestId="1"), 409)
    assert taken["refusal"] == "user-name-taken"
    deleted = f"{path}/{first['id']}"
    answers = [script("DELETE", deleted, MS_RequestId="3") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert first["id"] not in str(list(RememberedCall.objects.values("key", "fingerprint")))


def test_what_was_refused_may_be_asked_again(cast: Cast) -> None:
    script = script_of(cast.alice)
    path = f"{at(cast.contoso)}/users"
    body = {"userPrincipalName": "uma@contoso.example", "displayName": "N"}
    told(script("POST", path, body, MS_RequestId="1"), 409)
    User.objects.filter(pk=cast.uma.pk).update(
        username="u@contoso.example", user_name="u@contoso.example"
    )
    told(script("POST", path, body, MS_RequestId="1"))


def test_no_password_is_kept_of_a_call(cast: Cast) -> None:
    script = script_of(cast.alice)
    path = f"{at(cast.contoso)}/users/{of(cast.uma)}/resetpassword"
    password = told(script("PATCH", path, {}, MS_RequestId="1"))["passwordProfile"]["password"]
    [kept] = RememberedCall.objects.values_list("sealed_answer", flat=True)
    assert "Uma" not in kept
    again = script("PATCH", path, {}, MS_RequestId="1")
    assert "Uma" in again.content.decode()
    assert password not in again.content.decode()


def test_calls_are_forgotten_in_days(cast: Cast) -> None:
    script = script_of(cast.alice)
    path = f"{at(cast.contoso)}/users/{of(cast.uma)}/block"
    told(script("POST", path, MS_RequestId="1"))
    assert sweep_calls() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_rememberedcall SET at = '2020-01-01'")
    assert sweep_calls() == 1
    assert DAYS >= 1


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.torture
def test_of_many_who_send_the_same_at_once_one_does_it(settings: Settings) -> None:
    settings.API_LIMITS = dict.fromkeys(settings.API_LIMITS, 10**9)
    cast = make_cast()
    script = script_of(cast.alice)
    path, (rounds, many) = f"{at(cast.contoso)}/users", SENT
    answers: list[Any] = []
    for number in range(rounds):
        body = {"userPrincipalName": f"n{number}@contoso.example", "displayName": "N"}
        ready = Barrier(many)

        def send(
            body: dict[str, str] = body, ready: Barrier = ready, key: str = str(number)
        ) -> None:
            ready.wait()
            try:
                answers.append(told(script("POST", path, body, MS_RequestId=key)))
            finally:
                connection.close()

        threads = [Thread(target=send) for _one in range(many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == rounds * many
    assert len({answer["id"] for answer in answers}) == rounds
    assert User.objects.filter(username__startswith="n", customer=cast.contoso).count() == rounds
    shown = [answer for answer in answers if "password" in answer["passwordProfile"]]
    assert len(shown) == rounds
