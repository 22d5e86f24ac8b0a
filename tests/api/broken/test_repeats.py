"""Names of calls, and how often one may call."""

import hashlib
import json

from django.test import Client
from pytest_django import Settings

from accounts.models import User
from api.models import RememberedCall
from customers.models import Customer
from tests.api.caller import at, of, script_of, told
from tests.support.cast import Cast


def test_a_password_can_not_be_guessed_at_in_what_is_remembered(cast: Cast) -> None:
    script = script_of(cast.alice, grave=True)
    path = at(cast.contoso, "users", of(cast.uma), "resetpassword")
    body = {"passwordProfile": {"password": "wobbly-teapot-sings-41"}}
    assert script("PATCH", path, body, Idempotency_Key="1").status_code == 200
    known = f"PATCH /v1{path}\n".encode() + json.dumps(body).encode()
    assert RememberedCall.objects.get().fingerprint != hashlib.sha256(known).hexdigest()


def test_long_names_of_calls_differ_to_their_end(cast: Cast) -> None:
    script = script_of(cast.alice)
    user, long = at(cast.contoso, "users", of(cast.uma)), "k" * 200
    script("POST", f"{user}/block", {}, Idempotency_Key=f"{long}1")
    script("POST", f"{user}/allow", {})
    script("POST", f"{user}/block", {}, Idempotency_Key=f"{long}2")
    assert not User.objects.get(pk=cast.uma.pk).is_active


def test_another_file_under_the_same_name_is_refused(cast: Cast) -> None:
    script, path = script_of(cast.alice), f"/v1{at(cast.contoso, 'uploads')}"
    headers = {"Authorization": f"Bearer {script.token}", "Idempotency-Key": "1"}
    answers = [
        Client().post(path, f"User name\n{name}@contoso.example\n", "text/csv", headers=headers)
        for name in ("a", "a", "b")
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 409]
    assert told(answers[0], 202) == told(answers[1], 202)


def test_a_customer_is_counted_however_its_id_is_written(cast: Cast, settings: Settings) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "customer_reads": 1}
    uuid = str(Customer.objects.get(pk=cast.contoso.pk).uuid)
    script = script_of(cast.alice)
    spelled = (uuid, uuid.upper(), uuid.replace("-", ""), f"urn:uuid:{uuid}")
    answers = [script("GET", f"/customers/{one}/users").status_code for one in spelled]
    assert answers == [200, 429, 429, 429]
