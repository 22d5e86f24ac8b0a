"""Writes that are sent twice: done once, and answered alike."""

import os
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from api.models import RememberedCall
from api.services.calls import forget_calls
from tests.api.caller import at, of, script_of, told
from tests.support.cast import Cast, make_cast

# How many creates, and how many send each of them at once.
SENT = (1_000, 32) if "TORTURE_SECONDS" in os.environ else (5, 8)


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


def test_calls_are_forgotten_in_days(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.services.calls.PORTION", 2)
    script = script_of(cast.alice)
    path = f"{at(cast.contoso)}/users/{of(cast.uma)}/block"
    for number in range(3):
        told(script("POST", path, MS_RequestId=str(number)))
    assert forget_calls() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_rememberedcall SET at = '2020-01-01'")
    assert forget_calls() == 3
    assert not RememberedCall.objects.exists()


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
